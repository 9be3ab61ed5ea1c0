//! The pieces of journals in the browser's database, by tab and number.

use js_sys::{Array, Function, Promise, Uint8Array};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{IdbDatabase, IdbKeyRange, IdbRequest, IdbTransaction, IdbTransactionMode};

use super::clock;
use crate::state::Kept;

const DATABASE: &str = "wirelab";
const JOURNAL: &str = "journal";
/// When each tab was last written for, and at which address it was.
const TABS: &str = "tabs";

/// Some browsers answer nothing at all where they refuse.
const PATIENCE: i32 = 3000;

/// Closed tabs are remembered for so long, in milliseconds, and so many of them.
const AGE: f64 = 30.0 * 86_400_000.0;
const TABS_KEPT: usize = 10;

#[derive(Clone)]
pub(super) struct Store(IdbDatabase);

pub(super) struct Tab {
    pub(super) name: String,
    pub(super) address: String,
    written: f64,
}

impl Store {
    pub(super) async fn open() -> Result<Store, JsValue> {
        let factory = clock::window().indexed_db()?;
        let factory = factory.ok_or("it has no IndexedDB")?;
        let opening = factory.open_with_u32(DATABASE, 1)?;
        let request = opening.clone();
        let upgrade = Closure::once_into_js(move || {
            let Ok(database) = request.result() else { return };
            let database: IdbDatabase = database.unchecked_into();
            for store in [JOURNAL, TABS] {
                // It fails only if the store is there.
                drop(database.create_object_store(store));
            }
        });
        opening.set_onupgradeneeded(Some(upgrade.unchecked_ref()));
        let late = Promise::new(&mut |_, reject| {
            let late = Closure::once_into_js(move || {
                drop(reject.call1(&JsValue::NULL, &"it does not answer".into()));
            });
            clock::call_soon(PATIENCE, late.unchecked_ref());
        });
        let answer = Promise::race(&Array::of2(&answer(&opening), &late));
        JsFuture::from(answer).await?;
        Ok(Store(opening.result()?.unchecked_into()))
    }

    /// What was written for a tab, in order.
    pub(super) async fn pieces(&self, tab: &str) -> Result<Vec<Vec<u8>>, JsValue> {
        let reading = self.0.transaction_with_str(JOURNAL)?.object_store(JOURNAL)?;
        let found = result(&reading.get_all_with_key(&range(tab)?)?).await?;
        Ok(Array::from(&found).iter().map(|piece| Uint8Array::new(&piece).to_vec()).collect())
    }

    /// Writes a piece. If that fails later, `failed` is told.
    pub(super) fn write(
        &self,
        (tab, number): (&str, u32),
        address: &str,
        piece: &Kept,
        failed: impl FnOnce(JsValue) + 'static,
    ) -> Result<(), JsValue> {
        let writing = self.writing()?;
        let journal = writing.object_store(JOURNAL)?;
        if piece.anew {
            journal.delete(&range(tab)?)?;
        }
        let octets = Uint8Array::from(piece.octets.as_slice());
        journal.put_with_key(&octets, &Array::of2(&tab.into(), &number.into()))?;
        let about = Array::of2(&js_sys::Date::now().into(), &address.into());
        writing.object_store(TABS)?.put_with_key(&about, &tab.into())?;
        let transaction = writing.clone();
        let aborted = Closure::once_into_js(move || {
            failed(transaction.error().map_or(JsValue::UNDEFINED, JsValue::from));
        });
        writing.set_onabort(Some(aborted.unchecked_ref()));
        // At once, since the page may be about to go.
        #[expect(deprecated, reason = "web-sys calls it so; the standard does not")]
        writing.commit()
    }

    /// Forgets the tabs that may be.
    pub(super) async fn forget<F: Future<Output = bool>>(
        &self,
        may: impl Fn(String) -> F,
    ) -> Result<(), JsValue> {
        for tab in self.tabs().await? {
            if may(tab.name.clone()).await {
                self.remove(&tab.name).await?;
            }
        }
        Ok(())
    }

    /// Forgets old tabs, and those that are too many, if they may be.
    pub(super) async fn sweep<F: Future<Output = bool>>(
        &self,
        may: impl Fn(String) -> F,
    ) -> Result<(), JsValue> {
        let young = js_sys::Date::now() - AGE;
        for (n, tab) in self.tabs().await?.into_iter().enumerate() {
            let surplus = n >= TABS_KEPT || tab.written < young;
            if surplus && may(tab.name.clone()).await {
                self.remove(&tab.name).await?;
            }
        }
        Ok(())
    }

    async fn remove(&self, tab: &str) -> Result<(), JsValue> {
        let writing = self.writing()?;
        writing.object_store(JOURNAL)?.delete(&range(tab)?)?;
        let last = writing.object_store(TABS)?.delete(&tab.into())?;
        result(&last).await.map(drop)
    }

    /// All that are known, the latest first.
    pub(super) async fn tabs(&self) -> Result<Vec<Tab>, JsValue> {
        let reading = self.0.transaction_with_str(TABS)?.object_store(TABS)?;
        let (names, abouts) = (reading.get_all_keys()?, reading.get_all()?);
        // They are answered in order.
        let abouts = Array::from(&result(&abouts).await?);
        let names = Array::from(&names.result()?);
        let tab = |(name, about): (JsValue, JsValue)| {
            let about = Array::from(&about);
            let (written, address) = (about.get(0).as_f64()?, about.get(1).as_string()?);
            Some(Tab { name: name.as_string()?, address, written })
        };
        let mut tabs: Vec<Tab> = names.iter().zip(abouts.iter()).filter_map(tab).collect();
        tabs.sort_by(|a, b| b.written.total_cmp(&a.written));
        Ok(tabs)
    }

    fn writing(&self) -> Result<IdbTransaction, JsValue> {
        let stores = Array::of2(&JOURNAL.into(), &TABS.into());
        self.0.transaction_with_str_sequence_and_mode(&stores, IdbTransactionMode::Readwrite)
    }
}

/// Every piece of a tab: arrays come after all numbers.
fn range(tab: &str) -> Result<JsValue, JsValue> {
    let key = |number: JsValue| Array::of2(&tab.into(), &number);
    IdbKeyRange::bound(&key(0.into()), &key(Array::new().into())).map(JsValue::from)
}

async fn result(request: &IdbRequest) -> Result<JsValue, JsValue> {
    JsFuture::from(answer(request)).await?;
    request.result()
}

fn answer(request: &IdbRequest) -> Promise {
    Promise::new(&mut |resolve: Function, reject: Function| {
        request.set_onsuccess(Some(&resolve));
        let failed = request.clone();
        let tell = Closure::once_into_js(move || {
            let why = failed.error().ok().flatten().map_or(JsValue::UNDEFINED, JsValue::from);
            drop(reject.call1(&JsValue::NULL, &why));
        });
        request.set_onerror(Some(tell.unchecked_ref()));
    })
}
