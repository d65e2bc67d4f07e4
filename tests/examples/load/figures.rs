//! Figures: quantiles, medians of rounds, and tables.

use std::time::Duration;

/// The value below which `share` of all lie; 0 where there are none.
pub(crate) fn quantile(values: &mut [u64], share: f64) -> u64 {
    values.sort_unstable();
    let last = values.len().saturating_sub(1);
    values.get((last as f64 * share).round() as usize).copied().unwrap_or(0)
}

/// The median of what rounds gave.
pub(crate) fn median(values: impl IntoIterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.into_iter().collect();
    values.sort_unstable_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// The slope of values that stand one second apart, in units a minute, by least squares.
pub(crate) fn slope(values: &[f64]) -> f64 {
    let middle = (values.len() as f64 - 1.0) / 2.0;
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    let (mut above, mut below) = (0.0, 0.0);
    for (at, value) in values.iter().enumerate() {
        let x = at as f64 - middle;
        above += x * (value - mean);
        below += x * x;
    }
    if below > 0.0 { above / below * 60.0 } else { 0.0 }
}

/// In milliseconds.
pub(crate) fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

/// Durations in microseconds, to be ranked.
pub(crate) fn micros(times: impl IntoIterator<Item = Duration>) -> Vec<u64> {
    times.into_iter().map(|time| time.as_micros() as u64).collect()
}

/// Prints one row: a name, then figures, each in so many places.
pub(crate) fn row(name: &str, figures: &[(f64, usize)]) {
    let cells: String =
        figures.iter().map(|(figure, places)| format!(" {figure:>11.places$}")).collect();
    println!("  {name:<22}{cells}");
}

/// Prints the head of a table.
pub(crate) fn head(title: &str, columns: &[&str]) {
    let cells: String = columns.iter().map(|column| format!(" {column:>11}")).collect();
    println!("\n{title}\n  {:<22}{cells}", "");
}
