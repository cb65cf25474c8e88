//! A format that misbehaves: at the n-th call it fails, panics, or says that nothing is there although it used the seed.

use std::cell::Cell;
use std::panic::resume_unwind;

use serde::de::{
    self, DeserializeSeed, Deserializer, EnumAccess, Error as _, IntoDeserializer, MapAccess, SeqAccess, Unexpected,
    VariantAccess, Visitor,
};
use serde_json::Value;

/// What the format's errors are.
pub(crate) type Error = de::value::Error;

/// How it misbehaves.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum How {
    /// An error, before anything is built.
    Error,
    Panic,
    /// An error, once the value is there.
    ErrorAfter,
    PanicAfter,
    /// The value is built and dropped, and then there is none.
    None,
    /// The value is built and forgotten, and then there is none: a leak, and nothing worse.
    Forget,
}

/// A fuse that burns down by one at each seed, and then blows.
#[derive(Debug)]
pub(crate) struct Fuse {
    left: Cell<u32>,
    how: How,
    /// What a sequence or a map says how many elements are left.
    hint: Option<usize>,
}

impl Fuse {
    pub(crate) fn new(left: u32, how: How) -> Fuse {
        Fuse { left: Cell::new(left), how, hint: None }
    }

    /// One that lasts.
    pub(crate) fn never() -> Fuse {
        Fuse::new(u32::MAX / 4, How::Error)
    }

    /// One that lasts, in a format that gives this hint.
    pub(crate) fn with_hint(hint: usize) -> Fuse {
        Fuse { hint: Some(hint), ..Fuse::never() }
    }

    /// The format of a document.
    pub(crate) fn read<'a>(&'a self, value: &'a Value) -> Chaos<'a> {
        Chaos { value, fuse: self }
    }

    /// Whether it has.
    pub(crate) fn blew(&self) -> bool {
        self.left.get() > u32::MAX / 2
    }

    fn burn(&self) -> bool {
        self.left.set(self.left.get().wrapping_sub(1));
        self.left.get() == u32::MAX
    }

    /// Gives a seed its value; none if the fuse says so.
    fn seed<'de, S: DeserializeSeed<'de>, D: Deserializer<'de, Error = Error>>(
        &self,
        seed: S,
        from: D,
    ) -> Result<Option<S::Value>, Error> {
        if !self.burn() {
            return seed.deserialize(from).map(Some);
        }
        match self.how {
            How::Error => return Err(Error::custom("the fuse blew")),
            How::Panic => resume_unwind(Box::new("the fuse blew")),
            _ => {}
        }
        let value = seed.deserialize(from)?;
        match self.how {
            How::PanicAfter => resume_unwind(Box::new("the fuse blew")),
            How::ErrorAfter => Err(Error::custom("the fuse blew")),
            How::Forget => {
                std::mem::forget(value);
                Ok(None)
            }
            _ => Ok(None),
        }
    }

    /// The same, where there must be a value.
    fn certain<'de, S: DeserializeSeed<'de>, D: Deserializer<'de, Error = Error>>(
        &self,
        seed: S,
        from: D,
    ) -> Result<S::Value, Error> {
        self.seed(seed, from)?.ok_or_else(|| Error::custom("the fuse blew"))
    }
}

/// A document with a fuse in it.
#[derive(Clone, Copy)]
pub(crate) struct Chaos<'a> {
    value: &'a Value,
    fuse: &'a Fuse,
}

impl<'de> Deserializer<'de> for Chaos<'_> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.value {
            Value::Null => visitor.visit_unit(),
            Value::Bool(value) => visitor.visit_bool(*value),
            Value::Number(number) => match (number.as_u64(), number.as_i64()) {
                (Some(number), _) => visitor.visit_u64(number),
                (None, Some(number)) => visitor.visit_i64(number),
                _ => visitor.visit_f64(number.as_f64().unwrap()),
            },
            Value::String(text) => visitor.visit_str(text),
            Value::Array(list) => visitor.visit_seq(List { rest: list.iter(), fuse: self.fuse }),
            Value::Object(map) => visitor.visit_map(Pairs { rest: map.iter(), value: None, fuse: self.fuse }),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if self.value.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        match self.value {
            Value::String(name) => visitor.visit_enum(Variant { name, content: &Value::Null, fuse: self.fuse }),
            Value::Object(map) if map.len() == 1 => {
                let (name, content) = map.iter().next().unwrap();
                visitor.visit_enum(Variant { name, content, fuse: self.fuse })
            }
            _ => Err(Error::invalid_type(Unexpected::Other("no variant"), &visitor)),
        }
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct
        seq tuple tuple_struct map struct identifier ignored_any
    }
}

struct List<'a> {
    rest: std::slice::Iter<'a, Value>,
    fuse: &'a Fuse,
}

impl<'de> SeqAccess<'de> for List<'_> {
    type Error = Error;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Error> {
        let Some(value) = self.rest.next() else { return Ok(None) };
        self.fuse.seed(seed, self.fuse.read(value))
    }

    fn size_hint(&self) -> Option<usize> {
        self.fuse.hint
    }
}

struct Pairs<'a> {
    rest: serde_json::map::Iter<'a>,
    value: Option<&'a Value>,
    fuse: &'a Fuse,
}

impl<'de> MapAccess<'de> for Pairs<'_> {
    type Error = Error;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Error> {
        let Some((key, value)) = self.rest.next() else { return Ok(None) };
        self.value = Some(value);
        match key.parse::<i64>() {
            Ok(number) => self.fuse.seed(seed, number.into_deserializer()),
            Err(_) => self.fuse.seed(seed, key.as_str().into_deserializer()),
        }
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Error> {
        let value = self.value.take().ok_or_else(|| Error::custom("a key comes first"))?;
        self.fuse.certain(seed, self.fuse.read(value))
    }

    fn size_hint(&self) -> Option<usize> {
        self.fuse.hint
    }
}

struct Variant<'a> {
    name: &'a str,
    content: &'a Value,
    fuse: &'a Fuse,
}

impl<'de, 'a> EnumAccess<'de> for Variant<'a> {
    type Error = Error;
    type Variant = Chaos<'a>;

    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<(S::Value, Chaos<'a>), Error> {
        let name = self.fuse.certain(seed, self.name.into_deserializer())?;
        Ok((name, self.fuse.read(self.content)))
    }
}

impl<'de> VariantAccess<'de> for Chaos<'_> {
    type Error = Error;

    fn unit_variant(self) -> Result<(), Error> {
        Ok(())
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, Error> {
        self.fuse.certain(seed, self)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_any(visitor)
    }

    fn struct_variant<V: Visitor<'de>>(self, _: &'static [&'static str], visitor: V) -> Result<V::Value, Error> {
        self.deserialize_any(visitor)
    }
}
