/// A language that the front ends speak.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// English, spelt as in Hong Kong.
    English,
    /// Simplified Chinese.
    SimplifiedChinese,
}

impl Language {
    /// Every language, in the order of the message folders.
    pub const ALL: [Self; 2] = [Self::English, Self::SimplifiedChinese];

    /// The tag for `lang` attributes and the name of the message folder.
    pub fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::SimplifiedChinese => "zh-Hans",
        }
    }

    /// Its own name for itself.
    pub fn name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::SimplifiedChinese => "简体中文",
        }
    }

    /// The language that fits a tag such as `zh-CN` best.
    pub fn best_for(tag: &str) -> Self {
        if tag.to_ascii_lowercase().starts_with("zh") {
            Self::SimplifiedChinese
        } else {
            Self::English
        }
    }

    /// The language that the browser prefers.
    #[cfg(target_arch = "wasm32")]
    pub fn of_browser() -> Self {
        let tag = web_sys::window().and_then(|window| window.navigator().language());
        Self::best_for(&tag.unwrap_or_default())
    }

    /// A size in bytes.
    pub(super) fn bytes(self, bytes: u64) -> String {
        const UNITS: [&str; 4] = ["B", "KB", "MB", "GB"];
        let mut tenths = bytes.saturating_mul(10);
        let mut unit = 0;
        while tenths >= 10_000 && unit + 1 < UNITS.len() {
            tenths /= 1000;
            unit += 1;
        }
        let unit = UNITS.get(unit).copied().unwrap_or_default();
        // A tenth tells something below ten only.
        let fraction = tenths % 10;
        if tenths < 100 && fraction > 0 {
            format!("{}.{fraction} {unit}", tenths / 10)
        } else {
            format!("{} {unit}", self.number(tenths / 10))
        }
    }
}

#[cfg(target_arch = "wasm32")]
mod browser {
    use super::Language;
    use js_sys::{Array, Date, Intl, Object, Reflect};
    use wasm_bindgen::JsValue;

    impl Language {
        fn locales(self) -> Array {
            let tag = match self {
                Self::English => "en-GB",
                Self::SimplifiedChinese => "zh-Hans",
            };
            Array::of1(&JsValue::from_str(tag))
        }

        #[expect(
            clippy::cast_precision_loss,
            reason = "the browser's numbers; exact up to 2^53"
        )]
        pub(in super::super) fn number(self, number: u64) -> String {
            let format = Intl::NumberFormat::new(&self.locales(), &Object::new());
            call(&format.format(), &JsValue::from_f64(number as f64))
                .unwrap_or_else(|| number.to_string())
        }

        #[expect(
            clippy::cast_precision_loss,
            reason = "the browser's numbers; exact up to 2^53"
        )]
        pub(in super::super) fn plural(self, number: u64) -> String {
            let rules = Intl::PluralRules::new(&self.locales(), &Object::new());
            rules.select(number as f64).as_string().unwrap_or_default()
        }

        #[expect(
            clippy::cast_precision_loss,
            reason = "the browser's numbers; exact up to 2^53"
        )]
        pub(in super::super) fn time(self, time_ms: u64) -> String {
            let options = Object::new();
            for (name, value) in [
                ("year", "numeric"),
                ("month", "short"),
                ("day", "numeric"),
                ("hour", "2-digit"),
                ("minute", "2-digit"),
            ] {
                // Setting a property of a fresh object cannot fail.
                let _ = Reflect::set(
                    &options,
                    &JsValue::from_str(name),
                    &JsValue::from_str(value),
                );
            }
            let date = Date::new(&JsValue::from_f64(time_ms as f64));
            let format = Intl::DateTimeFormat::new(&self.locales(), &options);
            call(&format.format(), &date).unwrap_or_default()
        }
    }

    fn call(function: &js_sys::Function, value: &JsValue) -> Option<String> {
        function.call1(&JsValue::UNDEFINED, value).ok()?.as_string()
    }
}

/// Outside a browser only tests of the front ends' logic run; English rules serve them.
#[cfg(not(target_arch = "wasm32"))]
mod native {
    use super::Language;

    impl Language {
        pub(in super::super) fn number(self, number: u64) -> String {
            let digits = number.to_string();
            let mut grouped = String::new();
            for (index, digit) in digits.chars().enumerate() {
                if index > 0 && (digits.len() - index).is_multiple_of(3) {
                    grouped.push(',');
                }
                grouped.push(digit);
            }
            grouped
        }

        pub(in super::super) fn plural(self, number: u64) -> String {
            if number == 1 {
                "one".to_owned()
            } else {
                "other".to_owned()
            }
        }

        pub(in super::super) fn time(self, time_ms: u64) -> String {
            format!("{time_ms} ms")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_read_well() {
        let cases = [
            (0, "0 B"),
            (999, "999 B"),
            (1_000, "1 KB"),
            (1_250, "1.2 KB"),
            (99_900, "99 KB"),
            (104_857_600, "104 MB"),
        ];
        for (bytes, expected) in cases {
            assert_eq!(Language::English.bytes(bytes), expected);
        }
    }

    #[test]
    fn every_chinese_tag_is_chinese() {
        for tag in ["zh", "zh-CN", "zh-Hant-HK", "ZH-hans"] {
            assert_eq!(Language::best_for(tag), Language::SimplifiedChinese);
        }
        assert_eq!(Language::best_for("pt-MO"), Language::English);
    }
}
