use anyhow::Result;

use super::{Network, RETAILER};

impl Network {
    /// Every founder signs what one of them drew up.
    pub(super) async fn sign_genesis(&mut self) -> Result<()> {
        let draft = self.folder.join("draft.cbor");
        let genesis = self.folder.join("genesis.cbor");
        let host = self.member(RETAILER)?.gateway.to_string();
        let mut new = self.command()?;
        new.args(["network", "new", "--name", "Pearl River trial"])
            .args(["--host", &host])
            .arg("--draft")
            .arg(&draft);
        for member in self.members.iter().take(self.setting.founders) {
            new.arg("--founder").arg(member.folder.join("founder.cbor"));
            new.args(["--validator", &member.name]);
        }
        new.run().await?;
        let mut combine = self.command()?;
        combine
            .args(["network", "combine", "--draft"])
            .arg(&draft)
            .arg("--out")
            .arg(&genesis);
        for member in self.members.iter().take(self.setting.founders) {
            let signature = member.folder.join("genesis.sig");
            let mut sign = self.command()?;
            sign.args(["network", "sign", "--draft"])
                .arg(&draft)
                .arg("--root")
                .arg(member.folder.join("root.key"))
                .arg("--out")
                .arg(&signature);
            sign.run().await?;
            combine.arg("--signature").arg(&signature);
        }
        combine.run().await?;
        for member in self.members.iter().take(self.setting.founders) {
            let mut init = self.command()?;
            init.args(["member", "init", "--genesis"])
                .arg(&genesis)
                .arg("--dir")
                .arg(&member.folder);
            init.run().await?;
        }
        Ok(())
    }
}
