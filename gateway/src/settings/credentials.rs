//! The files of tokens and of signing keys, judged with the settings that name them, so that
//! `check-config` and a reload take or refuse all together. What stands in them is for
//! `access/token_list.rs` and `access/key_list.rs` to know.

use std::path::{Path, PathBuf};

use super::{Draft, Mistake};
use crate::access::{Credentials, KeyList, TokenList};

impl Draft {
    /// What is in those files; what is wrong with them joins the mistakes.
    pub(super) fn credentials(&self, mistakes: &mut Vec<Mistake>) -> Credentials {
        let keys = self.signing_keys_file.as_ref();
        Credentials {
            tokens: read(
                "tokens_file",
                self.tokens_file.as_ref(),
                TokenList::read,
                mistakes,
            ),
            keys: read("signing_keys_file", keys, KeyList::read, mistakes),
        }
    }
}

fn read<T>(
    setting: &'static str,
    path: Option<&Option<PathBuf>>,
    read: impl Fn(&Path) -> Result<T, Vec<String>>,
    mistakes: &mut Vec<Mistake>,
) -> Option<T> {
    let path = path?.as_ref()?;
    let told = |why| Mistake::Credentials {
        setting,
        path: path.clone(),
        why,
    };
    read(path)
        .map_err(|all| mistakes.extend(all.into_iter().map(told)))
        .ok()
}
