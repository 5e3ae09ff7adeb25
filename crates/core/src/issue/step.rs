//! A failed step gives its input back.

use core::fmt;

use crate::Error;

/// The error of a step, with the state that the step was given: nothing is lost by a failure.
#[derive(Debug, Clone)]
pub struct StepError<T> {
    /// What went wrong.
    pub error: Error,
    /// The state before the step, unchanged.
    pub input: Box<T>,
}

impl<T> StepError<T> {
    /// Pairs an error with the input of the step.
    pub(crate) fn new(error: Error, input: T) -> Self {
        StepError { error, input: Box::new(input) }
    }
}

impl<T> fmt::Display for StepError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
    }
}

impl<T: fmt::Debug> core::error::Error for StepError<T> {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        Some(&self.error)
    }
}
