//! Calendar dates in the shapes that the protocols want. All in UTC.

use core::fmt;

/// Seconds since 1970-01-01 00:00:00 UTC.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Date(pub u64);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Civil {
    pub year: u64,
    /// 1 to 12.
    pub month: u64,
    /// 1 to 31.
    pub day: u64,
    pub hour: u64,
    pub minute: u64,
    pub second: u64,
    /// 0 is Sunday.
    pub weekday: u64,
}

pub const WEEKDAYS: [&str; 7] = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
pub const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

impl Date {
    pub fn civil(self) -> Civil {
        let days = self.0 / 86_400;
        let rest = self.0 % 86_400;
        // Years begin in March here, so that the leap day is the last of its year.
        let shifted = days + 719_468;
        let era = shifted / 146_097;
        let day_of_era = shifted % 146_097;
        let year_of_era =
            (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let from_march = (5 * day_of_year + 2) / 153;
        let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
        Civil {
            year: era * 400 + year_of_era + u64::from(month <= 2),
            month,
            day: day_of_year - (153 * from_march + 2) / 5 + 1,
            hour: rest / 3_600,
            minute: rest / 60 % 60,
            second: rest % 60,
            weekday: (days + 4) % 7,
        }
    }

    /// `None` for a day that no calendar has.
    pub fn of(
        year: u64,
        month: u64,
        day: u64,
        hour: u64,
        minute: u64,
        second: u64,
    ) -> Option<Date> {
        let in_range = (1970..=9999).contains(&year)
            && (1..=12).contains(&month)
            && (1..=31).contains(&day)
            && hour < 24
            && minute < 60
            && second < 61;
        if !in_range {
            return None;
        }
        let shifted_year = year - u64::from(month <= 2);
        let from_march = (month + 9) % 12;
        let day_of_year = (153 * from_march + 2) / 5 + day - 1;
        let days = shifted_year * 365 + shifted_year / 4 - shifted_year / 100
            + shifted_year / 400
            + day_of_year
            - 719_468;
        let date = Date(days * 86_400 + hour * 3_600 + minute * 60 + second);
        let civil = date.civil();
        (second == 60 || (civil.month == month && civil.day == day)).then_some(date)
    }

    /// `Mon, 05 Jan 2026 09:00:00 +0000` (RFC 5322 section 3.3).
    pub fn mail(self) -> String {
        let c = self.civil();
        format!(
            "{}, {:02} {} {} {:02}:{:02}:{:02} +0000",
            c.weekday_name(),
            c.day,
            c.month_name(),
            c.year,
            c.hour,
            c.minute,
            c.second
        )
    }

    /// `Mon, 05 Jan 2026 09:00:00 GMT` (RFC 9110 section 5.6.7).
    pub fn http(self) -> String {
        self.mail().replace("+0000", "GMT")
    }

    /// `20260105090000` (RFC 3659 section 2.3, RFC 3977 section 7.1).
    pub fn digits(self) -> String {
        let c = self.civil();
        format!(
            "{:04}{:02}{:02}{:02}{:02}{:02}",
            c.year, c.month, c.day, c.hour, c.minute, c.second
        )
    }
}

impl Civil {
    pub fn weekday_name(&self) -> &'static str {
        WEEKDAYS[self.weekday as usize]
    }

    pub fn month_name(&self) -> &'static str {
        MONTHS[self.month as usize - 1]
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let c = self.civil();
        write!(
            f,
            "{:04}-{:02}-{:02} {:02}:{:02}:{:02} UTC",
            c.year, c.month, c.day, c.hour, c.minute, c.second
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_dates_have_their_names() {
        let date = Date(784_111_777);
        assert_eq!(date.http(), "Sun, 06 Nov 1994 08:49:37 GMT");
        assert_eq!(Date(super::super::EPOCH).mail(), "Mon, 05 Jan 2026 09:00:00 +0000");
        assert_eq!(Date(951_782_400).digits(), "20000229000000");
        assert_eq!(Date::of(2023, 2, 29, 0, 0, 0), None);
    }

    #[test]
    fn every_day_of_a_century_comes_back() {
        for day in 0..36_600 {
            let date = Date(day * 86_400 + 12_345);
            let c = date.civil();
            let again = Date::of(c.year, c.month, c.day, c.hour, c.minute, c.second);
            assert_eq!(again, Some(date));
        }
    }
}
