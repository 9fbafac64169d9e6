//! What the gateway itself says to people, for browsers that run no script. The page's own words
//! are in its message files.

use axum::http::HeaderMap;
use axum::http::header::ACCEPT_LANGUAGE;
use chopmark_core::CodeQuery;

use super::pages::escape;

/// Sentences as finished HTML, in one language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Words {
    English,
    SimplifiedChinese,
}

impl Words {
    /// The first language of the request that is one of these; English without any.
    pub(super) fn wanted(headers: &HeaderMap) -> Self {
        let header = headers
            .get(ACCEPT_LANGUAGE)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        // Browsers write their languages in the order of their weights.
        let known = header.split(',').find_map(|wish| {
            let tag = wish.split(';').next()?.trim();
            match tag.split('-').next()?.to_ascii_lowercase().as_str() {
                "en" => Some(Self::English),
                "zh" => Some(Self::SimplifiedChinese),
                _ => None,
            }
        });
        known.unwrap_or(Self::English)
    }

    /// Its tag (BCP 47).
    pub(super) const fn language(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::SimplifiedChinese => "zh-Hans",
        }
    }

    pub(super) fn label(self, code: &str) -> String {
        let code = escape(code);
        match self {
            Self::English => format!("<p>Label: <strong>{code}</strong></p>"),
            Self::SimplifiedChinese => format!("<p>标签：<strong>{code}</strong></p>"),
        }
    }

    pub(super) fn no_label(self, why: &str) -> String {
        let why = escape(why);
        match self {
            Self::English => {
                format!("<p>This address is not a label of this network: {why}.</p>")
            }
            Self::SimplifiedChinese => {
                format!("<p>此网址不是本网络的标签（<span lang=\"en\">{why}</span>）。</p>")
            }
        }
    }

    pub(super) fn host(self, network: &str, member: &str) -> String {
        let (network, member) = (escape(network), escape(member));
        match self {
            Self::English => {
                format!("<p>Network: {network}. This server is run by {member}.</p>")
            }
            Self::SimplifiedChinese => {
                format!("<p>网络：{network}。此服务器由{member}运营。</p>")
            }
        }
    }

    pub(super) fn too_many(self) -> String {
        let words = match self {
            Self::English => {
                "Too many unknown labels were asked for from your address. Try again in a minute."
            }
            Self::SimplifiedChinese => "您的网络地址查询了过多未知标签。请一分钟后再试。",
        };
        format!("<p>{words}</p>")
    }

    pub(super) fn history(self, query: &CodeQuery, as_of: &str) -> String {
        let link = format!("<a href=\"/history/{query}\" download=\"history.cbor\">");
        match self {
            Self::English => format!(
                "<p>This server has a history of this label, as of <time>{as_of}</time>. \
                 <strong>Not checked:</strong> checking it takes JavaScript and WebAssembly; open \
                 this address in your phone's own browser, or {link}download the history</a> and \
                 run <code>chopmark verify</code> on it.</p>"
            ),
            Self::SimplifiedChinese => format!(
                "<p>此服务器有此标签的记录，截至 <time>{as_of}</time>。<strong>未经核对：</strong>\
                 核对需要 JavaScript 和 WebAssembly；请用手机自带的浏览器打开此网址，\
                 或{link}下载记录</a>并用 <code>chopmark verify</code> 核对。</p>"
            ),
        }
    }

    pub(super) fn no_record(self) -> String {
        let words = match self {
            Self::English => "This server has no record of this label.",
            Self::SimplifiedChinese => "此服务器没有此标签的记录。",
        };
        format!("<p>{words}</p>")
    }

    pub(super) fn no_answer(self) -> String {
        let words = match self {
            Self::English => "This server could not look the label up. Try again later.",
            Self::SimplifiedChinese => "此服务器暂时无法查询此标签。请稍后再试。",
        };
        format!("<p>{words}</p>")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(header: &str) -> Words {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT_LANGUAGE, header.parse().unwrap());
        Words::wanted(&headers)
    }

    #[test]
    fn the_first_known_language_is_spoken() {
        assert_eq!(wanted("zh-CN,zh;q=0.9,en;q=0.8"), Words::SimplifiedChinese);
        assert_eq!(wanted("de-DE, en-GB;q=0.7, zh;q=0.1"), Words::English);
        assert_eq!(wanted("pt"), Words::English);
        assert_eq!(Words::wanted(&HeaderMap::new()), Words::English);
    }

    #[test]
    fn names_bring_no_markup() {
        for words in [Words::English, Words::SimplifiedChinese] {
            assert!(!words.host("<b>", "<script>").contains("<b>"));
            assert!(!words.host("<b>", "<script>").contains("<script>"));
            assert!(!words.label("<i>").contains("<i>"));
            assert!(!words.no_label("<i>").contains("<i>"));
        }
    }
}
