use std::fs;

use anyhow::Result;

use super::{FACTORY, Network, Pages, RETAILER, identity, text};

impl Network {
    /// Writes each peer's configuration. Firms that may join later are named in all of them, so
    /// that nobody has to start again when they order.
    pub(super) fn configure(&self) -> Result<()> {
        for (number, member) in self.members.iter().enumerate() {
            let mut config = toml::Table::new();
            config.insert("listen".into(), member.listens.to_string().into());
            config.insert("gateway".into(), member.gateway.to_string().into());
            config.insert("gateway_url".into(), member.gateway().into());
            config.insert("advertise".into(), vec![member.relay.address()].into());
            if self.setting.pages == Pages::Built {
                let pages = self.places.pages("verify")?;
                config.insert("pages".into(), pages.display().to_string().into());
            }
            config.insert("order".into(), "validator".into());
            // Who sells to consumers takes back, too.
            let sells = number == FACTORY || number == RETAILER;
            config.insert("takes_back".into(), sells.into());
            let mut others = Vec::new();
            let others_of = self.members.iter().enumerate();
            for (to, other) in others_of.filter(|(to, _)| *to != number) {
                let card = identity(&other.folder)?;
                let mut entry = toml::Table::new();
                entry.insert("member".into(), text(&card, "member")?.into());
                entry.insert("key".into(), text(&card, "peer")?.into());
                entry.insert("address".into(), self.way(number, to)?.into());
                entry.insert("advertise".into(), vec![other.relay.address()].into());
                entry.insert("gateway_url".into(), other.gateway().into());
                others.push(toml::Value::Table(entry));
            }
            config.insert("peer".into(), others.into());
            fs::write(
                member.folder.join("chopmark.toml"),
                toml::to_string(&config)?,
            )?;
        }
        Ok(())
    }
}
