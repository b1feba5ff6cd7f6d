//! Metrics as `OpenMetrics` text. Whoever counts keeps a counter of its own and is read when somebody looks.
//!
//! So counting costs the phone plane one relaxed atomic at most, and its layers need not know this one. All names start
//! with `offhook_`; counters end in `_total`, as `OpenMetrics` wants it.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, MetricEncoder, NoLabelSet, text};
use prometheus_client::metrics::MetricType;
use prometheus_client::registry::Registry;

/// What tells the values of one metric apart. Never a secret, and nothing that a peer can choose.
pub type Labels = Vec<(&'static str, Cow<'static, str>)>;

/// All metrics of a process.
#[derive(Debug)]
pub struct Metrics {
    families: Arc<Families>,
    registry: Registry,
}

#[derive(Debug, Default)]
struct Families(RwLock<BTreeMap<&'static str, Family>>);

/// The values of one name.
struct Family {
    help: &'static str,
    kind: Kind,
    sources: Vec<Source>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Counter,
    Gauge,
}

type Source = Box<dyn Fn() -> Vec<(Labels, u64)> + Send + Sync>;

impl Default for Metrics {
    fn default() -> Self {
        let families = Arc::new(Families::default());
        let mut registry = Registry::with_prefix("offhook");
        registry.register_collector(Box::new(Arc::clone(&families)));
        Self { families, registry }
    }
}

impl Metrics {
    /// Shows what `read` returns as a counter. `name` goes without `offhook_` and `_total`, `help` is one line.
    /// The same name may be given again with other labels.
    pub fn counter(
        &self,
        name: &'static str,
        help: &'static str,
        labels: &[(&'static str, &'static str)],
        read: impl Fn() -> u64 + Send + Sync + 'static,
    ) {
        let labels = fixed(labels);
        self.add(name, help, Kind::Counter, Box::new(move || vec![(labels.clone(), read())]));
    }

    /// Shows what `read` returns as a value that may fall.
    pub fn gauge(
        &self,
        name: &'static str,
        help: &'static str,
        labels: &[(&'static str, &'static str)],
        read: impl Fn() -> u64 + Send + Sync + 'static,
    ) {
        let labels = fixed(labels);
        self.add(name, help, Kind::Gauge, Box::new(move || vec![(labels.clone(), read())]));
    }

    /// Shows a value for each of a changing set of labels, such as used seats by tenant and product.
    pub fn gauges(
        &self,
        name: &'static str,
        help: &'static str,
        read: impl Fn() -> Vec<(Labels, u64)> + Send + Sync + 'static,
    ) {
        self.add(name, help, Kind::Gauge, Box::new(read));
    }

    /// All values now, as `application/openmetrics-text; version=1.0.0; charset=utf-8`.
    #[must_use]
    pub fn render(&self) -> String {
        let mut text = String::new();
        // a String takes everything that is written to it
        let _ = text::encode(&mut text, &self.registry);
        text
    }

    fn add(&self, name: &'static str, help: &'static str, kind: Kind, source: Source) {
        let mut families = self.families.0.write().unwrap_or_else(PoisonError::into_inner);
        let family = families.entry(name).or_insert_with(|| Family { help, kind, sources: Vec::new() });
        debug_assert_eq!(family.kind, kind, "{name} is a counter here and a gauge there");
        family.sources.push(source);
    }
}

fn fixed(labels: &[(&'static str, &'static str)]) -> Labels {
    labels.iter().map(|(name, value)| (*name, Cow::Borrowed(*value))).collect()
}

impl Collector for Families {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), fmt::Error> {
        let families = self.0.read().unwrap_or_else(PoisonError::into_inner);
        for (name, family) in &*families {
            let kind = match family.kind {
                Kind::Counter => MetricType::Counter,
                Kind::Gauge => MetricType::Gauge,
            };
            let mut values = encoder.encode_descriptor(name, family.help, None, kind)?;
            for (labels, value) in family.sources.iter().flat_map(|source| source()) {
                if labels.is_empty() {
                    family.kind.encode(&mut values, value)?;
                } else {
                    family.kind.encode(&mut values.encode_family(&labels)?, value)?;
                }
            }
        }
        Ok(())
    }
}

impl Kind {
    fn encode(self, encoder: &mut MetricEncoder<'_>, value: u64) -> Result<(), fmt::Error> {
        match self {
            Self::Counter => encoder.encode_counter::<NoLabelSet, u64, u64>(&value, None),
            Self::Gauge => encoder.encode_gauge(&i64::try_from(value).unwrap_or(i64::MAX)),
        }
    }
}

impl fmt::Debug for Family {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Family")
            .field("kind", &self.kind)
            .field("sources", &self.sources.len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

    use super::*;

    #[test]
    fn values_are_read_when_somebody_looks_and_share_a_family() {
        let metrics = Metrics::default();
        let counted = Arc::new(AtomicU64::new(0));
        let read = Arc::clone(&counted);
        metrics.counter("requests", "Requests", &[("door", "https")], move || read.load(Relaxed));
        metrics.counter("requests", "Requests", &[("door", "tftp")], || 7);
        metrics.gauge("connections_open", "Connections open now", &[], || 3);
        counted.store(42, Relaxed);
        assert_eq!(
            metrics.render(),
            "# HELP offhook_connections_open Connections open now\n\
             # TYPE offhook_connections_open gauge\n\
             offhook_connections_open 3\n\
             # HELP offhook_requests Requests\n\
             # TYPE offhook_requests counter\n\
             offhook_requests_total{door=\"https\"} 42\n\
             offhook_requests_total{door=\"tftp\"} 7\n\
             # EOF\n"
        );
    }

    #[test]
    fn labels_that_change_are_read_anew_and_escaped() {
        let metrics = Metrics::default();
        metrics.gauges("seats_used", "Seats in use", || {
            vec![(vec![("tenant", "acme".into()), ("product", "cloud\"pbx".into())], 5)]
        });
        let text = metrics.render();
        assert!(text.contains("offhook_seats_used{tenant=\"acme\",product=\"cloud\\\"pbx\"} 5\n"), "{text}");
    }
}
