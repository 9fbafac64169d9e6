use super::*;
use std::io::BufReader;

fn rows(text: &[u8]) -> Result<Vec<Result<ListRow, RowError>>, ListError> {
    // A small buffer: rows are read in pieces.
    let mut list = ListReader::new(BufReader::with_capacity(7, text))?;
    let mut rows = Vec::new();
    while let Some((number, row)) = list.next_row()? {
        rows.push(row);
        assert_eq!(number, rows.len() as u64);
    }
    Ok(rows)
}

fn codes(text: &str) -> Vec<String> {
    let rows = rows(text.as_bytes()).unwrap();
    rows.into_iter()
        .map(|row| row.unwrap().code.to_string())
        .collect()
}

#[test]
fn columns_stand_in_any_order_beside_others() {
    assert_eq!(
        codes("\u{feff}Colour,SERIAL,Gtin\r\nred,A1,9506000134352\r\nblue,\"A,2\",9506000134352\n"),
        ["(01)09506000134352(21)A1", "(01)09506000134352(21)A,2"]
    );
    assert_eq!(
        codes("gtin,batch\n09506000134352,L42\n"),
        ["(01)09506000134352(10)L42"]
    );
    let any_spelling =
        "code\nhttps://id.example.org/00/106141412345678908\nCSQU 305438-3\n(414)9506000134352";
    assert_eq!(
        codes(any_spelling),
        [
            "(00)106141412345678908",
            "CSQU3054383",
            "(414)9506000134352"
        ]
    );
}

#[test]
fn a_name_and_a_secret_come_with_the_code() {
    let secret = ActivationSecret::from_bytes([7; 16]);
    let list = format!(
        "code,name,activation\n(01)09506000134352(21)A1,烏龍茶,{}\n(01)09506000134352(21)A2,,\n",
        secret.text()
    );
    let rows = rows(list.as_bytes()).unwrap();
    let first = rows[0].as_ref().unwrap();
    assert_eq!(first.name.as_deref(), Some("烏龍茶"));
    assert_eq!(first.activation.as_ref(), Some(&secret));
    let second = rows[1].as_ref().unwrap();
    assert_eq!((&second.name, &second.activation), (&None, &None));
}

#[test]
fn every_bad_row_is_named_and_the_next_one_read() {
    let long = "x".repeat(ROW_BYTES + 1);
    let many = ",".repeat(COLUMNS + 1);
    let mut list = format!(
        "gtin,serial,activation\n\
         9506000134353,A1,\n\
         9506000134352,,\n\
         9506000134352,A1,ABC\n\
         9506000134352,A1,,more\n\
         9506000134352,{long},\n\
         {many}\n\
         9506000134352,"
    )
    .into_bytes();
    list.extend(b"\xff\xfe,\n9506000134352,A9,\n");
    let rows = rows(&list).unwrap();
    let errors: Vec<_> = rows.iter().map(|row| row.as_ref().err()).collect();
    assert!(matches!(
        errors[0],
        Some(RowError::Code(CodeError::CheckDigit { .. }))
    ));
    assert!(matches!(
        errors[1],
        Some(RowError::Code(CodeError::ProductOnly { .. }))
    ));
    assert_eq!(
        errors[2],
        Some(&RowError::Activation(ActivationError::Length { found: 3 }))
    );
    assert_eq!(errors[3], Some(&RowError::Columns { found: 4, named: 3 }));
    assert_eq!(errors[4], Some(&RowError::TooLong));
    assert_eq!(errors[5], Some(&RowError::TooLong));
    assert_eq!(errors[6], Some(&RowError::NotText));
    assert_eq!(errors[7], None);
    assert_eq!(rows.len(), 8);
}

#[test]
fn says_what_no_list_is() {
    let error = |text: &str| rows(text.as_bytes()).unwrap_err();
    assert!(matches!(error(""), ListError::NoHeader));
    assert!(matches!(error("gtin,name\n"), ListError::NoCode));
    assert!(matches!(
        error("code,CODE\n"),
        ListError::ColumnTwice("code")
    ));
}

#[test]
fn the_list_of_a_run_is_read_back() {
    let mut list = RunList::new(Vec::new(), "9506000134352").unwrap();
    let made: Vec<_> = (0..3u8)
        .map(|item| list.push([item; 10], [item; 16]).unwrap())
        .collect();
    let text = list.finish().unwrap();
    let read = rows(&text).unwrap();
    assert_eq!(read.len(), 3);
    for ((code, secret), row) in made.into_iter().zip(read) {
        let row = row.unwrap();
        assert_eq!((row.code, row.activation), (code, Some(secret)));
    }
    let mut list = RunList::new(Vec::new(), "123").unwrap();
    let refused = list.push([0; 10], [0; 16]).unwrap_err();
    assert_eq!(refused.kind(), io::ErrorKind::InvalidInput);
}
