//! Declares a section once: its fields, their kinds, defaults and words. From this come the struct, its default, the reading,
//! `config show` and `config sample`.

use toml::Value;

/// One field as the sample and the listing see it.
pub struct Line<'a> {
    pub key: &'a str,
    pub doc: &'a [&'a str],
    /// Nothing: not set.
    pub value: Option<Value>,
    pub example: &'a str,
}

/// What walks over a configuration hears, in the order of the source.
pub trait Visitor {
    fn section(&mut self, path: &str, doc: &[&str]);
    fn line(&mut self, line: &Line<'_>);
}

/// A part of the configuration that can be walked over.
pub trait Section {
    const DOC: &'static [&'static str];

    fn walk(&self, path: &str, visitor: &mut dyn Visitor);
}

macro_rules! settings {
    (
        $(#[doc = $about:literal])*
        pub struct $name:ident {
            $( $(#[doc = $doc:literal])* $field:ident: $kind:ty = $default:expr; )*
        }
        sections { $( $sub:ident: $section:ty; )* }
    ) => {
        $(#[doc = $about])*
        #[derive(Clone, Debug, PartialEq, serde::Deserialize)]
        #[serde(deny_unknown_fields, default)]
        pub struct $name {
            $( $(#[doc = $doc])* #[serde(deserialize_with = "crate::config::values::read")] pub $field: $kind, )*
            $( pub $sub: $section, )*
        }

        impl Default for $name {
            fn default() -> $name {
                $name { $( $field: $default, )* $( $sub: <$section>::default(), )* }
            }
        }

        impl crate::config::section::Section for $name {
            const DOC: &'static [&'static str] = &[$($about),*];

            fn walk(&self, path: &str, visitor: &mut dyn crate::config::section::Visitor) {
                visitor.section(path, Self::DOC);
                $( visitor.line(&crate::config::section::Line {
                    key: stringify!($field),
                    doc: &[$($doc),*],
                    value: crate::config::values::Setting::value(&self.$field),
                    example: <$kind as crate::config::values::Setting>::EXAMPLE,
                }); )*
                $( {
                    let sub = if path.is_empty() { stringify!($sub).to_owned() } else { format!("{path}.{}", stringify!($sub)) };
                    crate::config::section::Section::walk(&self.$sub, &sub, visitor);
                } )*
            }
        }
    };
}

pub(crate) use settings;
