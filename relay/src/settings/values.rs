//! How the values of a file of settings are written.

use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;
use std::time::Duration;

use serde::de::{Deserialize, Deserializer, Error, Visitor};

use crate::policy::Ports;

/// A relay that waits longer waits for ever, and the clock could not hold much more.
const LONGEST: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// More connections than a machine has.
const MOST: u32 = 1_000_000;

/// A text that something is read from.
pub(super) struct Text<T>(pub(super) T);

/// A list with something in it: an empty one would read as if nothing, or everything, were meant.
pub(super) struct Items<T>(pub(super) Vec<T>);

impl<'de, T: FromStr<Err: fmt::Display>> Deserialize<'de> for Text<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Text<T>, D::Error> {
        struct TextVisitor<T>(PhantomData<T>);

        // A visitor, because only its errors have the place of the value.
        impl<T: FromStr<Err: fmt::Display>> Visitor<'_> for TextVisitor<T> {
            type Value = Text<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text in quotes")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Text<T>, E> {
                text.parse().map(Text).map_err(E::custom)
            }
        }

        from.deserialize_str(TextVisitor(PhantomData))
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Items<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Items<T>, D::Error> {
        let items = Vec::deserialize(from)?;
        match items.is_empty() {
            true => Err(D::Error::custom("the list is empty; fill it, or leave the key out")),
            false => Ok(Items(items)),
        }
    }
}

impl<'de> Deserialize<'de> for Ports {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Ports, D::Error> {
        struct PortsVisitor;

        impl Visitor<'_> for PortsVisitor {
            type Value = Ports;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a port such as 110, or a range such as \"6000-6063\"")
            }

            fn visit_i64<E: Error>(self, port: i64) -> Result<Ports, E> {
                u16::try_from(port)
                    .map(Ports::one)
                    .map_err(|_| E::custom(format!("{port} is no port; ports go from 0 to 65535")))
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Ports, E> {
                text.parse().map_err(E::custom)
            }
        }

        from.deserialize_any(PortsVisitor)
    }
}

/// Anything that is written as a text.
pub(crate) fn text<'de, D, T>(from: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr<Err: fmt::Display>,
{
    Text::deserialize(from).map(|text| text.0)
}

/// As [`text`], for a key that may be left out.
pub(crate) fn some_text<'de, D, T>(from: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr<Err: fmt::Display>,
{
    text(from).map(Some)
}

/// `"500ms"`, `"5s"`, `"10m"` or `"1h"`.
pub(crate) fn duration<'de, D: Deserializer<'de>>(from: D) -> Result<Duration, D::Error> {
    let text = String::deserialize(from)?;
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (number, unit) = text.split_at(digits);
    let unit = match unit {
        "ms" => Some(1),
        "s" => Some(1000),
        "m" => Some(60 * 1000),
        "h" => Some(60 * 60 * 1000),
        _ => None,
    };
    let milliseconds = unit.and_then(|unit| number.parse::<u64>().ok()?.checked_mul(unit));
    milliseconds
        .map(Duration::from_millis)
        .filter(|duration| !duration.is_zero() && *duration <= LONGEST)
        .ok_or_else(|| {
            D::Error::custom(format!(
                "{text:?} is no time; expected a number with its unit, \"500ms\", \"5s\", \
                 \"10m\" or \"1h\", up to 168h"
            ))
        })
}

/// A number of things, of which there is at least one.
pub(crate) fn count<'de, D, T>(from: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: TryFrom<u32>,
{
    let number = i64::deserialize(from)?;
    let count = u32::try_from(number).ok().filter(|count| (1..=MOST).contains(count));
    count.and_then(|count| T::try_from(count).ok()).ok_or_else(|| {
        let most = (u64::from(MOST)).min((1 << (8 * size_of::<T>().min(4))) - 1);
        D::Error::custom(format!("{number} is too few or too many; expected 1 to {most}"))
    })
}
