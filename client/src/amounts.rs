//! Amounts that stand in sections: the ledger cannot add them up, so the devices of the parties do
//! (format, section 5).

use chopmark_core::{
    Body, GoodsClass, Imbalance, Output, Portion, Quantity, Record, StateView, SubjectId,
    check_conserved,
};

/// What does not add up of a record, as far as this device was told its amounts. `opened` are
/// those that its fields leave out, in the order in which they name them.
pub(crate) fn imbalance(
    view: &dyn StateView,
    record: &Record,
    opened: &[Quantity],
) -> Option<Imbalance> {
    let class = |subject: &SubjectId| view.subject(subject).map(|state| state.class());
    let classes: Option<Vec<GoodsClass>> = record.subjects().iter().map(class).collect();
    judge(record.body(), &classes?, opened).err()
}

/// Judges a transformation of subjects of these classes. Whoever was told no amounts cannot
/// judge, and flags nothing.
fn judge(body: &Body, classes: &[GoodsClass], opened: &[Quantity]) -> Result<(), Imbalance> {
    let Body::Transform {
        inputs,
        outputs,
        losses,
        ..
    } = body
    else {
        return Ok(());
    };
    if opened.is_empty() {
        return Ok(());
    }
    let mut opened = opened.iter().copied();
    let mut whole = |stated: &Quantity| match stated.amount {
        Some(_) => Ok(*stated),
        None => match opened.next() {
            Some(told) if told.unit == stated.unit => Ok(told),
            Some(_) => Err(Imbalance::Unit { unit: stated.unit }),
            None => Err(Imbalance::Unknown { unit: stated.unit }),
        },
    };
    let mut side = |portions: Vec<Portion>| {
        let told = portions.into_iter().map(|portion| {
            let quantity = portion.quantity.as_ref().map(&mut whole).transpose()?;
            Ok(Portion {
                quantity,
                ..portion
            })
        });
        told.collect::<Result<Vec<Portion>, Imbalance>>()
    };
    let went_in = classes.iter().zip(inputs);
    let went_in = went_in.map(|(class, quantity)| Portion {
        class: *class,
        quantity: *quantity,
        items: 1,
    });
    let went_in = side(went_in.collect())?;
    let came_out = side(outputs.iter().map(Output::portion).collect())?;
    let lost: Vec<Quantity> = losses.iter().map(whole).collect::<Result<_, _>>()?;
    check_conserved(&went_in, &came_out, &lost)?;
    // An amount that no field asks for belongs to another story.
    match opened.next() {
        Some(extra) => Err(Imbalance::Unit { unit: extra.unit }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use chopmark_core::{CodeHash, Made, Prefix, TimeMs, TzMinutes, When};

    use super::*;

    const FLOUR: &str = "(01)09506000134352";
    const BREAD: &str = "(01)09506000134369";

    fn of(text: &str) -> Quantity {
        let (amount, unit) = text.split_once(' ').unwrap();
        Quantity::new(amount.parse().unwrap(), unit.parse().unwrap())
    }

    fn class(text: &str) -> GoodsClass {
        GoodsClass::parse(text).unwrap()
    }

    /// Flour becomes bread, and all amounts stand in the section.
    fn baking() -> Body {
        let veiled = of("1 KGM").veiled();
        Body::Transform {
            when: When {
                time: TimeMs(1),
                tz: TzMinutes::default(),
            },
            step: "other".to_owned(),
            inputs: vec![Some(veiled)],
            outputs: vec![Output {
                class: class(BREAD),
                prefix: Prefix::parse("9506000").unwrap(),
                made: Made::Batch(CodeHash::from_bytes([1; 32]), veiled),
            }],
            losses: vec![veiled],
        }
    }

    fn judged(opened: &[&str]) -> Result<(), Imbalance> {
        let opened: Vec<Quantity> = opened.iter().map(|text| of(text)).collect();
        judge(&baking(), &[class(FLOUR), class(BREAD)], &opened)
    }

    #[test]
    fn opened_amounts_that_add_up_are_not_flagged() {
        assert_eq!(judged(&["10 KGM", "9.5 KGM", "0.5 KGM"]), Ok(()));
        // Told nothing, nobody can judge.
        assert_eq!(judged(&[]), Ok(()));
    }

    #[test]
    fn opened_amounts_that_do_not_add_up_are_flagged() {
        let unit = "KGM".parse().unwrap();
        for opened in [
            // More comes out than went in; less is lost than is missing; one too many.
            &["10 KGM", "11 KGM", "0.5 KGM"][..],
            &["10 KGM", "8 KGM", "0.5 KGM"],
            &["10 KGM", "9.5 KGM", "0.5 KGM", "3 KGM"],
            // The field says another unit.
            &["10 EA", "9.5 KGM", "0.5 KGM"],
        ] {
            assert_eq!(judged(opened), Err(Imbalance::Unit { unit }), "{opened:?}");
        }
        let unknown = Err(Imbalance::Unknown { unit });
        assert_eq!(judged(&["10 KGM", "9.5 KGM"]), unknown);
    }
}
