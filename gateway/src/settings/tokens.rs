//! The file of tokens, judged with the settings that name it, so that `check-config` and a reload
//! take or refuse both together. What stands in it is `access/token_list.rs`'s to know.

use super::{Draft, Mistake};
use crate::access::TokenList;

impl Draft {
    /// What is in the file that `tokens_file` names; what is wrong with it joins the mistakes.
    pub(super) fn tokens(&self, mistakes: &mut Vec<Mistake>) -> Option<TokenList> {
        let path = self.tokens_file.as_ref()?.as_ref()?;
        let told = |why| Mistake::Tokens {
            path: path.clone(),
            why,
        };
        TokenList::read(path)
            .map_err(|all| mistakes.extend(all.into_iter().map(told)))
            .ok()
    }
}
