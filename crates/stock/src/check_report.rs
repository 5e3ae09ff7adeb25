//! What a check of the stock found.

/// The indicators of a check; data quality monitoring (数据质量监控) reads them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CheckReport {
    /// One after the other, also those that hold.
    pub indicators: Vec<Indicator>,
}

impl CheckReport {
    /// Whether every indicator holds.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.indicators.iter().all(Indicator::holds)
    }
}

/// One thing that was checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Indicator {
    /// The name, lower case with hyphens, such as `i2-sequence`.
    pub name: &'static str,
    /// What must hold, in Chinese.
    pub zh: &'static str,
    /// What must hold, in English.
    pub en: &'static str,
    /// How many things were looked at.
    pub looked_at: u64,
    /// How many of them do not hold.
    pub wrong: u64,
    /// The first ten of them.
    pub examples: Vec<String>,
}

impl Indicator {
    /// Whether nothing is wrong.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.wrong == 0
    }
}
