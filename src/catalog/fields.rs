//! A few named values, as templates see them: found faster than in a map, which counts in a loop over hundreds of keys.

use std::borrow::Cow;
use std::sync::Arc;

use minijinja::Value;
use minijinja::value::{Enumerator, Object};

/// One name and its value.
pub(super) type Field = (Cow<'static, str>, Value);

/// Named values; a template can look one up and walk through the names.
#[derive(Debug)]
pub(super) struct Fields(Vec<Field>);

impl Fields {
    /// Fields whose names are known when this is compiled.
    pub(super) fn of<const N: usize>(fields: [(&'static str, Value); N]) -> Value {
        Self::named(fields.map(|(name, value)| (Cow::Borrowed(name), value)))
    }

    /// Fields named by a pack.
    pub(super) fn named(fields: impl IntoIterator<Item = Field>) -> Value {
        Value::from_object(Self(fields.into_iter().collect()))
    }
}

impl Fields {
    fn find(&self, name: &str) -> Option<Value> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone())
    }
}

impl Object for Fields {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.get_value_by_str(key.as_str()?)
    }

    fn get_value_by_str(self: &Arc<Self>, key: &str) -> Option<Value> {
        self.find(key)
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Values(self.0.iter().map(|(name, _)| Value::from(&**name)).collect())
    }
}

/// Everything that `root` has, and one value more.
#[derive(Debug)]
pub(super) struct With {
    root: Value,
    name: &'static str,
    value: Value,
}

impl With {
    pub(super) fn value(root: &Value, name: &'static str, value: Value) -> Value {
        Value::from_object(Self { root: root.clone(), name, value })
    }
}

impl Object for With {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.get_value_by_str(key.as_str()?)
    }

    fn get_value_by_str(self: &Arc<Self>, key: &str) -> Option<Value> {
        if key == self.name {
            return Some(self.value.clone());
        }
        self.root.downcast_object_ref::<Fields>()?.find(key)
    }
}
