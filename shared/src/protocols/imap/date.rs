//! Dates as IMAP and the header of a message write them.

use crate::world::Date;
use crate::world::date::MONTHS;

/// Seconds of a day.
const DAY: u64 = 86_400;

/// `" 5-Jan-2026 09:00:00 +0000"` without its quotes: the day takes two places (RFC 3501
/// section 9).
pub(super) fn internal(date: Date) -> String {
    let c = date.civil();
    format!(
        "{:2}-{}-{:04} {:02}:{:02}:{:02} +0000",
        c.day,
        c.month_name(),
        c.year,
        c.hour,
        c.minute,
        c.second
    )
}

/// Reads a date-time. A day of one figure needs a space before it.
pub(super) fn parse_internal(text: &str) -> Option<Date> {
    let fixed = text.len() == 26 && text.is_ascii();
    let (day, rest) = fixed.then(|| text.split_at(2))?;
    let day = day.strip_prefix(' ').unwrap_or(day);
    let (month, rest) = rest.strip_prefix('-')?.split_once('-')?;
    let mut words = rest.split(' ');
    let (year, time, zone) = (words.next()?, words.next()?, words.next()?);
    let local = civil(year, month, day, time)?;
    words.next().is_none().then(|| utc(local, zone)).flatten()
}

/// Reads `1-Feb-2024`, with or without quotes, as the number of a day since 1970.
pub(super) fn parse_day(text: &str) -> Option<u64> {
    let mut parts = text.split('-');
    let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
    let whole = parts.next().is_none() && matches!(day.len(), 1 | 2) && year.len() == 4;
    whole.then(|| Some(civil(year, month, day, "00:00:00")?.0 / DAY)).flatten()
}

pub(super) fn day_of(date: Date) -> u64 {
    date.0 / DAY
}

/// Reads a Date field: the day as it is written there, whatever the zone, and the moment.
pub(super) fn header(text: &str) -> Option<(u64, Date)> {
    let text = text.rsplit_once(',').map_or(text, |(_, rest)| rest);
    let mut words = text.split_whitespace();
    let (day, month, year) = (words.next()?, words.next()?, words.next()?);
    let time = words.next().unwrap_or("00:00:00");
    let time = if time.len() == 5 { format!("{time}:00") } else { time.into() };
    let local = civil(year, month, day, &time)?;
    let zone = words.next().filter(|zone| zone.len() == 5).unwrap_or("+0000");
    Some((local.0 / DAY, utc(local, zone)?))
}

fn civil(year: &str, month: &str, day: &str, time: &str) -> Option<Date> {
    let month = MONTHS.iter().position(|name| name.eq_ignore_ascii_case(month))? as u64 + 1;
    let mut parts = time.split(':').map(number);
    let (hour, minute, second) = (parts.next()??, parts.next()??, parts.next()??);
    Date::of(number(year)?, month, number(day)?, hour, minute, second)
}

fn utc(local: Date, zone: &str) -> Option<Date> {
    let (sign, digits) = zone.split_at_checked(1)?;
    let (hours, minutes) = digits.split_at_checked(2)?;
    let offset = (number(hours)? * 60 + number(minutes)?) * 60;
    match sign {
        "+" => Some(Date(local.0.saturating_sub(offset))),
        "-" => Some(Date(local.0 + offset)),
        _ => None,
    }
}

fn number(digits: &str) -> Option<u64> {
    digits.bytes().all(|b| b.is_ascii_digit()).then(|| digits.parse().ok()).flatten()
}
