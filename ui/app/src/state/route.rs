/// A page, as the part of the address after `#`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Route {
    /// The first page, by role.
    Home,
    /// Scan anything.
    Scan,
    /// Scan the moving codes of a hand-over.
    Receive,
    /// One subject and its journey.
    Subject(String),
    /// Make new items.
    Commission,
    /// Labels of these subjects.
    Labels(Vec<String>),
    /// Hand a subject over.
    Offer(String),
    /// Take over what this offer, `BLOCK/INDEX`, is about.
    Accept(String),
    /// Show the moving codes of this record, `BLOCK/INDEX`.
    Frames(String),
    /// Inspect a subject.
    Inspect(String),
    /// All hand-overs.
    Handovers,
    /// What is signed and not final.
    Outbox,
    /// Language, theme, lock.
    Settings,
}

impl Route {
    /// The page of an address; the first page for what is none.
    pub(crate) fn parse(hash: &str) -> Self {
        let path = hash.trim_start_matches('#').trim_start_matches('/');
        let (page, rest) = path.split_once('/').unwrap_or((path, ""));
        let rest = || rest.to_owned();
        match page {
            "scan" => Self::Scan,
            "receive" => Self::Receive,
            "subject" => Self::Subject(rest()),
            "commission" => Self::Commission,
            "labels" => Self::Labels(
                rest()
                    .split(',')
                    .filter(|id| !id.is_empty())
                    .map(str::to_owned)
                    .collect(),
            ),
            "offer" => Self::Offer(rest()),
            "accept" => Self::Accept(rest()),
            "frames" => Self::Frames(rest()),
            "inspect" => Self::Inspect(rest()),
            "hand-overs" => Self::Handovers,
            "outbox" => Self::Outbox,
            "settings" => Self::Settings,
            _ => Self::Home,
        }
    }

    /// The address of a page.
    pub(crate) fn href(&self) -> String {
        match self {
            Self::Home => "#/".to_owned(),
            Self::Scan => "#/scan".to_owned(),
            Self::Receive => "#/receive".to_owned(),
            Self::Subject(id) => format!("#/subject/{id}"),
            Self::Commission => "#/commission".to_owned(),
            Self::Labels(ids) => format!("#/labels/{}", ids.join(",")),
            Self::Offer(id) => format!("#/offer/{id}"),
            Self::Accept(offer) => format!("#/accept/{offer}"),
            Self::Frames(record) => format!("#/frames/{record}"),
            Self::Inspect(id) => format!("#/inspect/{id}"),
            Self::Handovers => "#/hand-overs".to_owned(),
            Self::Outbox => "#/outbox".to_owned(),
            Self::Settings => "#/settings".to_owned(),
        }
    }

    /// Where the arrow at the top leads: the page above in the order of the tabs.
    pub(crate) fn up(&self) -> Option<Self> {
        match self {
            Self::Home | Self::Scan | Self::Handovers | Self::Settings => None,
            Self::Subject(_) | Self::Commission | Self::Labels(_) | Self::Outbox => {
                Some(Self::Home)
            }
            Self::Receive | Self::Accept(_) | Self::Frames(_) => Some(Self::Handovers),
            Self::Offer(id) | Self::Inspect(id) => Some(Self::Subject(id.clone())),
        }
    }

    /// The tab under which the page stands.
    pub(crate) fn root(&self) -> Self {
        match self.up() {
            Some(above) => above.root(),
            None => self.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_has_an_address() {
        let pages = [
            Route::Home,
            Route::Scan,
            Route::Receive,
            Route::Subject("ab".into()),
            Route::Commission,
            Route::Labels(vec!["ab".into(), "cd".into()]),
            Route::Offer("ab".into()),
            Route::Accept("ab/0".into()),
            Route::Frames("ab/3".into()),
            Route::Inspect("ab".into()),
            Route::Handovers,
            Route::Outbox,
            Route::Settings,
        ];
        for page in pages {
            assert_eq!(Route::parse(&page.href()), page);
        }
    }

    #[test]
    fn what_is_no_address_is_the_first_page() {
        for hash in ["", "#", "#/", "#/nowhere", "#//", "#/%00"] {
            assert_eq!(Route::parse(hash), Route::Home);
        }
    }
}
