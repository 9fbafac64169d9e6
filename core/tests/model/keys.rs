//! What becomes of a member's root keys in a random history.

use crate::network::{OTHER_BANK, admin, member};
use crate::story::Story;

impl Story {
    /// The last member has guardians, who give it other root keys.
    pub(crate) fn lose_keys(&mut self) {
        let lost = OTHER_BANK;
        let guardians = self.guardians(member(lost));
        self.put(admin(lost), member(lost), &[guardians]);
        self.order_all();
        if self.numbers.one_in(3) {
            // Others are to be it from a day on, which may or may not come first.
            let others = self.guardians(member(lost));
            self.put(admin(lost), member(lost), &[others]);
            self.order_all();
        }
        let request = self.recovery(member(lost));
        for of in 0..2 {
            self.put(admin(of), member(of), std::slice::from_ref(&request));
        }
        if self.numbers.one_in(3) {
            self.order_all();
            for _ in 0..2 {
                let objection = self.objection(member(lost));
                self.put(admin(lost), member(lost), &[objection]);
                self.order_all();
            }
            let guardians = self.guardians(member(lost));
            self.put(admin(lost), member(lost), &[guardians]);
        }
        self.order_all();
    }

    /// A member goes from keys to keys, until it may no longer.
    pub(crate) fn rotate_on(&mut self) {
        for _ in 0..7 {
            let rotation = self.rotation(member(OTHER_BANK));
            self.put(admin(OTHER_BANK), member(OTHER_BANK), &[rotation]);
            self.order_all();
        }
    }
}
