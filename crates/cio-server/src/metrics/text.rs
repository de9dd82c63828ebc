//! Prometheus' text format, version 0.0.4.

use std::fmt::Write;

use cio_store::measure::Distribution;

/// A label's name and value.
type Label<'a> = (&'a str, &'a str);

/// A page under construction.
#[derive(Default)]
pub(super) struct Text(String);

impl Text {
    /// Begins a family: what follows has this name.
    pub(super) fn describe(&mut self, name: &str, kind: &str, help: &str) {
        self.line(format_args!("# HELP {name} {help}\n# TYPE {name} {kind}"));
    }

    pub(super) fn value(&mut self, name: &str, labels: &[Label<'_>], value: u64) {
        let labels = braced(labels);
        self.line(format_args!("{name}{labels} {value}"));
    }

    /// A histogram of plain numbers.
    pub(super) fn counts(&mut self, name: &str, labels: &[Label<'_>], counted: &Distribution) {
        self.histogram(name, labels, counted, 1.0);
    }

    /// A histogram of microseconds, shown in seconds.
    pub(super) fn micros(&mut self, name: &str, labels: &[Label<'_>], counted: &Distribution) {
        self.histogram(name, labels, counted, 1e6);
    }

    #[expect(
        clippy::cast_precision_loss,
        reason = "a sum is shown, and beyond 2^53 nobody misses the last digit"
    )]
    fn histogram(&mut self, name: &str, labels: &[Label<'_>], counted: &Distribution, unit: f64) {
        let mut total = 0;
        let bounds = counted.bounds.iter().map(|bound| *bound as f64 / unit);
        let bounds = bounds.map(|bound| bound.to_string());
        let bounds: Vec<String> = bounds.chain(["+Inf".to_owned()]).collect();
        for (bound, count) in bounds.iter().zip(&counted.counts) {
            total += count;
            let labels = braced(&[labels, &[("le", bound)]].concat());
            self.line(format_args!("{name}_bucket{labels} {total}"));
        }
        let labels = braced(labels);
        let sum = counted.sum as f64 / unit;
        self.line(format_args!("{name}_sum{labels} {sum}"));
        self.line(format_args!("{name}_count{labels} {total}"));
    }

    fn line(&mut self, line: std::fmt::Arguments<'_>) {
        // A string takes whatever is written to it.
        let _ = writeln!(self.0, "{line}");
    }

    pub(super) fn finish(self) -> String {
        self.0
    }
}

fn braced(labels: &[Label<'_>]) -> String {
    if labels.is_empty() {
        return String::new();
    }
    let labels: Vec<String> = labels
        .iter()
        .map(|(name, value)| format!("{name}=\"{}\"", escaped(value)))
        .collect();
    format!("{{{}}}", labels.join(","))
}

fn escaped(value: &str) -> String {
    value
        .replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use cio_store::measure::Histogram;

    use super::*;

    #[test]
    fn a_histogram_adds_up_and_a_label_is_escaped() {
        let histogram = Histogram::new(&[1_000, 2_500]);
        for micros in [500, 2_000, 9_000] {
            histogram.record(micros);
        }
        let mut text = Text::default();
        text.describe("x_seconds", "histogram", "How long.");
        text.micros("x_seconds", &[("route", "a\"b")], &histogram.read());
        let expected = "# HELP x_seconds How long.\n\
             # TYPE x_seconds histogram\n\
             x_seconds_bucket{route=\"a\\\"b\",le=\"0.001\"} 1\n\
             x_seconds_bucket{route=\"a\\\"b\",le=\"0.0025\"} 2\n\
             x_seconds_bucket{route=\"a\\\"b\",le=\"+Inf\"} 3\n\
             x_seconds_sum{route=\"a\\\"b\"} 0.0115\n\
             x_seconds_count{route=\"a\\\"b\"} 3\n";
        assert_eq!(text.finish(), expected);
    }
}
