//! Reads `#[serde(…)]`: what bears upon reading, and nothing else.
//!
//! What only bears upon writing is for serde's own derive. What would bear upon reading but isn't understood is rejected, since a document would be read otherwise than it says.

use std::collections::BTreeSet;

use proc_macro2::Ident;
use syn::ext::IdentExt;
use syn::punctuated::Punctuated;
use syn::{Attribute, Data, DeriveInput, Expr, ExprPath, Field, Fields, Lit, LitStr, Meta, Path, Token, Variant};

use super::names::Rule;
use crate::errors::Errors;

/// What the attributes of a type say.
pub(crate) struct Container {
    /// The name that a format is told.
    pub(crate) name: String,
    /// `#[serde(deny_unknown_fields)]`.
    pub(crate) strict: bool,
    /// `#[serde(transparent)]`.
    pub(crate) transparent: Option<Path>,
    pub(crate) parts: Parts,
}

/// What the attributes of the fields, or of the variants, say.
pub(crate) enum Parts {
    Struct(Vec<FieldPlan>),
    Enum(Vec<VariantPlan>),
}

/// How a variant is read.
pub(crate) struct VariantPlan {
    /// Its names; none if it isn't read at all.
    pub(crate) names: Vec<String>,
    pub(crate) fields: Vec<FieldPlan>,
}

/// How a field is read.
pub(crate) struct FieldPlan {
    /// The name that an error gives.
    pub(crate) name: String,
    /// All its names; none if it isn't read at all.
    pub(crate) names: Vec<String>,
    pub(crate) default: Option<Default>,
}

/// What a field is built from where the document leaves it out.
pub(crate) enum Default {
    /// `#[serde(default)]`, or `#[serde(skip)]`.
    Trait,
    /// `#[serde(default = "path")]`.
    Path(ExprPath),
}

impl FieldPlan {
    /// Whether the field is read.
    pub(crate) fn is_read(&self) -> bool {
        !self.names.is_empty()
    }
}

/// What is found in the attributes of one item.
#[derive(Default)]
struct Found {
    rename: Option<LitStr>,
    aliases: Vec<LitStr>,
    rename_all: Option<Rule>,
    rename_all_fields: Option<Rule>,
    default: Option<(Path, Option<ExprPath>)>,
    skip: Option<Path>,
    strict: Option<Path>,
    transparent: Option<Path>,
}

/// What an item is, and which options it may have.
struct Item {
    what: &'static str,
    options: &'static [&'static str],
    /// Options that only bear upon writing.
    writing: &'static [&'static str],
}

const TYPE: Item = Item {
    what: "a type",
    options: &["rename", "rename_all", "rename_all_fields", "default", "deny_unknown_fields", "transparent"],
    writing: &["into", "crate"],
};
const VARIANT: Item = Item {
    what: "a variant",
    options: &["rename", "rename_all", "alias", "skip", "skip_deserializing"],
    writing: &["skip_serializing", "serialize_with"],
};
const FIELD: Item = Item {
    what: "a field",
    options: &["rename", "alias", "default", "skip", "skip_deserializing"],
    writing: &["skip_serializing", "skip_serializing_if", "serialize_with"],
};

/// Why options of serde's aren't understood.
const REJECTED: [(&[&str], &str); 8] = [
    (
        &["tag", "content", "untagged"],
        "the parts of a value would have to wait, outside the region, until it is known which variant they belong to: leave it out (the enum is then written as `{\"Variant\": …}`), or implement `DeserializeIn` by hand",
    ),
    (
        &["flatten"],
        "the fields would have to wait, outside the region, until it is known which of them are left over: write them in a field of their own",
    ),
    (&["from", "try_from", "remote"], "another value would have to be built first: implement `DeserializeIn` by hand"),
    (&["with", "deserialize_with"], "give the field a type of its own, and implement `DeserializeIn` for that by hand"),
    (&["borrow"], "a value in a region borrows nothing from a document: leave it out"),
    (&["bound"], "every type parameter has the bound `DeserializeIn`, and needs no other: leave it out"),
    (&["other"], "an unknown variant is an error: leave it out"),
    (&["expecting", "getter", "variant_identifier", "field_identifier"], "leave it out"),
];

/// Reads the attributes of `input`, its fields and its variants.
pub(crate) fn container(input: &DeriveInput, errors: &mut Errors) -> Container {
    let found = Found::read(&input.attrs, &TYPE, errors);
    if let Some((key, Some(_))) = &found.default {
        errors.at(
            key,
            "write `default` alone, and name an initialiser at each field that has another default than its type's",
        );
    }
    let default = found.default.is_some();
    let (all, all_fields) = (found.rename_all, found.rename_all_fields);
    let parts = match &input.data {
        Data::Enum(data) => {
            for option in found.default.iter().map(|(key, _)| key).chain(&found.transparent) {
                errors.at(option, "an enum has no such option: leave it out");
            }
            Parts::Enum(variants(data.variants.iter(), all, all_fields, errors))
        }
        Data::Struct(data) => Parts::Struct(fields(&data.fields, all, default, errors)),
        Data::Union(_) => Parts::Struct(Vec::new()),
    };
    Container {
        name: found.rename.map_or_else(|| input.ident.unraw().to_string(), |name| name.value()),
        strict: found.strict.is_some(),
        transparent: found.transparent,
        parts,
    }
}

fn variants<'a>(
    variants: impl Iterator<Item = &'a Variant>,
    all: Option<Rule>,
    all_fields: Option<Rule>,
    errors: &mut Errors,
) -> Vec<VariantPlan> {
    let mut taken = BTreeSet::new();
    let plan = |variant: &Variant| {
        let found = Found::read(&variant.attrs, &VARIANT, errors);
        let fields = fields(&variant.fields, found.rename_all.or(all_fields), false, errors);
        let name = variant.ident.unraw().to_string();
        let name = all.map_or_else(|| name.clone(), |rule| rule.of_variant(&name));
        let (_, names) = found.names(&variant.ident, name, &mut taken, errors);
        VariantPlan { names, fields }
    };
    variants.map(plan).collect()
}

fn fields(fields: &Fields, all: Option<Rule>, default: bool, errors: &mut Errors) -> Vec<FieldPlan> {
    let mut taken = BTreeSet::new();
    let plan = |(index, field): (usize, &Field)| {
        let found = Found::read(&field.attrs, &FIELD, errors);
        let (name, names) = match &field.ident {
            Some(ident) => {
                let name = ident.unraw().to_string();
                let name = all.map_or_else(|| name.clone(), |rule| rule.of_field(&name));
                found.names(ident, name, &mut taken, errors)
            }
            None => {
                for name in found.rename.iter().chain(&found.aliases) {
                    errors.at(name, "a field of a tuple has no name in a document: leave it out");
                }
                let read = found.skip.is_none().then(|| index.to_string());
                (index.to_string(), read.into_iter().collect())
            }
        };
        let default = match found.default {
            Some((_, Some(path))) => Some(Default::Path(path)),
            Some((_, None)) => Some(Default::Trait),
            None => (default || found.skip.is_some()).then_some(Default::Trait),
        };
        FieldPlan { name, names, default }
    };
    fields.iter().enumerate().map(plan).collect()
}

impl Found {
    /// Reads the attributes of one item.
    fn read(attributes: &[Attribute], item: &Item, errors: &mut Errors) -> Found {
        let mut found = Found::default();
        for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("serde")) {
            match attribute.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated) {
                Ok(options) => {
                    for option in options {
                        if let Err(error) = found.option(&option, item) {
                            errors.add(error);
                        }
                    }
                }
                Err(error) => errors.add(error),
            }
        }
        found
    }

    /// Reads one option.
    fn option(&mut self, option: &Meta, item: &Item) -> syn::Result<()> {
        let path = option.path();
        let key = path.get_ident().map(Ident::to_string).unwrap_or_default();
        if item.writing.contains(&key.as_str()) || only_writes(option) {
            return Ok(());
        }
        if !item.options.contains(&key.as_str()) {
            return Err(unknown(path, &key, item));
        }
        match key.as_str() {
            "rename" => {
                if let Some(text) = texts(option)?.pop() {
                    once(&mut self.rename, path, text)?;
                }
            }
            "alias" => self.aliases.extend(texts(option)?),
            "rename_all" => {
                if let Some(text) = texts(option)?.pop() {
                    once(&mut self.rename_all, path, Rule::parse(&text)?)?;
                }
            }
            "rename_all_fields" => {
                if let Some(text) = texts(option)?.pop() {
                    once(&mut self.rename_all_fields, path, Rule::parse(&text)?)?;
                }
            }
            "default" => {
                let function = match option {
                    Meta::Path(_) => None,
                    _ => texts(option)?.pop().map(|text| text.parse::<ExprPath>()).transpose()?,
                };
                once(&mut self.default, path, (path.clone(), function))?;
            }
            "skip" | "skip_deserializing" => once(&mut self.skip, path, word(option)?)?,
            "deny_unknown_fields" => once(&mut self.strict, path, word(option)?)?,
            _ => once(&mut self.transparent, path, word(option)?)?,
        }
        Ok(())
    }

    /// The name of an item, and all its names, none of which another item may have.
    fn names(
        &self,
        ident: &Ident,
        name: String,
        taken: &mut BTreeSet<String>,
        errors: &mut Errors,
    ) -> (String, Vec<String>) {
        let name = self.rename.as_ref().map_or(name, LitStr::value);
        if self.skip.is_some() {
            return (name, Vec::new());
        }
        let aliases = self.aliases.iter().map(LitStr::value);
        let names: BTreeSet<String> = aliases.chain([name.clone()]).collect();
        for name in &names {
            if !taken.insert(name.clone()) {
                errors.at(ident, format!("two of them are named `{name}` in a document: rename one"));
            }
        }
        (name, names.into_iter().collect())
    }
}

/// Whether an option says something about writing alone: `rename(serialize = "…")`.
fn only_writes(option: &Meta) -> bool {
    let Meta::List(list) = option else { return false };
    let parts = list.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated);
    parts.is_ok_and(|parts| !parts.is_empty() && parts.iter().all(|part| part.path().is_ident("serialize")))
}

/// The texts that an option gives for reading: `rename = "…"` or `rename(deserialize = "…")`.
fn texts(option: &Meta) -> syn::Result<Vec<LitStr>> {
    let wrong = || {
        let key = option.path().get_ident().map(Ident::to_string).unwrap_or_default();
        syn::Error::new_spanned(option, format!("`{key}` needs a text: `{key} = \"…\"`"))
    };
    match option {
        Meta::NameValue(pair) => match &pair.value {
            Expr::Lit(value) => match &value.lit {
                Lit::Str(text) => Ok(vec![text.clone()]),
                _ => Err(wrong()),
            },
            _ => Err(wrong()),
        },
        Meta::List(list) => {
            let parts = list.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated)?;
            let mut found = Vec::new();
            for part in &parts {
                if part.path().is_ident("deserialize") {
                    found.extend(texts(part)?);
                } else if !part.path().is_ident("serialize") {
                    return Err(wrong());
                }
            }
            Ok(found)
        }
        Meta::Path(_) => Err(wrong()),
    }
}

/// An option that is a single word.
fn word(option: &Meta) -> syn::Result<Path> {
    Ok(option.require_path_only()?.clone())
}

/// Stores what an option says, unless it has been said.
fn once<T>(slot: &mut Option<T>, key: &Path, value: T) -> syn::Result<()> {
    if slot.is_some() {
        return Err(syn::Error::new_spanned(key, "it is given twice: remove one"));
    }
    *slot = Some(value);
    Ok(())
}

/// What is said about an option that isn't understood.
fn unknown(path: &Path, key: &str, item: &Item) -> syn::Error {
    let known = item.options.iter().map(|option| format!("`{option}`")).collect::<Vec<_>>().join(", ");
    let why = REJECTED.iter().find(|(keys, _)| keys.contains(&key)).map(|(_, why)| *why);
    let elsewhere = [TYPE, VARIANT, FIELD].iter().any(|other| other.options.contains(&key));
    let message = match why {
        Some(why) => format!("`DeserializeIn` has no `{key}`: {why}"),
        None if elsewhere => format!("{} has no option `{key}`: it has {known}", item.what),
        None => format!("unknown option `{key}`: {} has {known}", item.what),
    };
    syn::Error::new_spanned(path, message)
}
