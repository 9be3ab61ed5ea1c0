//! Who may log in.

use std::collections::BTreeMap;

#[derive(Clone, Debug)]
pub struct Account {
    pub password: String,
    pub full_name: String,
}

#[derive(Clone, Debug, Default)]
pub struct Accounts(BTreeMap<String, Account>);

impl Accounts {
    pub fn add(&mut self, user: &str, password: &str, full_name: &str) {
        let account = Account { password: password.into(), full_name: full_name.into() };
        self.0.insert(user.into(), account);
    }

    pub fn get(&self, user: &str) -> Option<&Account> {
        self.0.get(user)
    }

    pub fn password(&self, user: &str) -> Option<&str> {
        self.get(user).map(|account| account.password.as_str())
    }

    /// Whether this is the user's password.
    pub fn admits(&self, user: &str, password: &str) -> bool {
        self.password(user) == Some(password)
    }

    pub fn iter(&self) -> impl Iterator<Item = (&str, &Account)> {
        self.0.iter().map(|(user, account)| (user.as_str(), account))
    }
}
