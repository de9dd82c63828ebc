//! The two regions an account can live in, and the hosts of each.

use std::fmt;
use std::str::FromStr;

/// Where an account and its data live. It is chosen when the account is created and
/// decides the host of every API: a key used in the other region is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Region {
    /// United States, the default.
    #[default]
    Us,
    /// European Union.
    Eu,
}

impl Region {
    /// `us` or `eu`, as the region call answers it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Region::Us => "us",
            Region::Eu => "eu",
        }
    }

    /// Root of the Track API, without a path and without a trailing slash.
    pub const fn track_url(self) -> &'static str {
        match self {
            Region::Us => "https://track.customer.io",
            Region::Eu => "https://track-eu.customer.io",
        }
    }

    /// Root of the App API, without a path and without a trailing slash.
    pub const fn app_url(self) -> &'static str {
        match self {
            Region::Us => "https://api.customer.io",
            Region::Eu => "https://api-eu.customer.io",
        }
    }

    /// Root of the Pipelines API, without a path and without a trailing slash.
    pub const fn pipelines_url(self) -> &'static str {
        match self {
            Region::Us => "https://cdp.customer.io",
            Region::Eu => "https://cdp-eu.customer.io",
        }
    }

    /// The other region: where to look when this one refuses the credentials.
    pub const fn other(self) -> Region {
        match self {
            Region::Us => Region::Eu,
            Region::Eu => Region::Us,
        }
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A region that is neither `us` nor `eu`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownRegion(pub String);

impl fmt::Display for UnknownRegion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "unknown region \"{}\": use \"us\" or \"eu\"", self.0)
    }
}

impl std::error::Error for UnknownRegion {}

impl FromStr for Region {
    type Err = UnknownRegion;

    /// Reads `us` or `eu` in any letter case, white space around it ignored.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let trimmed = text.trim();
        [Region::Us, Region::Eu]
            .into_iter()
            .find(|region| region.as_str().eq_ignore_ascii_case(trimmed))
            .ok_or_else(|| UnknownRegion(trimmed.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_both_regions_in_any_case() {
        assert_eq!("us".parse(), Ok(Region::Us));
        assert_eq!(" EU ".parse(), Ok(Region::Eu));
    }

    #[test]
    fn names_the_choices_for_an_unknown_region() {
        let error = "apac".parse::<Region>().unwrap_err();
        assert_eq!(
            error.to_string(),
            "unknown region \"apac\": use \"us\" or \"eu\""
        );
    }
}
