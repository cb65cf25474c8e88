//! `String` against std's.

use std::borrow::Cow;
use std::fmt::Write;
use std::ops::Range;
use std::rc::Rc;
use std::sync::Arc;

use offset_std::prelude::*;
use offset_std::{Result, String, StringMut};

use super::{Collection, Element, Op, Random, Trial, in_steps, op, same, user};

type StdString = std::string::String;

impl Collection for String {
    type Model = StdString;

    fn fresh() -> impl Emplace<Self> {
        ""
    }

    fn model(&self) -> StdString {
        Element::model(self)
    }

    fn seen(handle: &StringMut<'_>) -> Self::Model {
        StdString::from(handle.as_str())
    }

    fn size(&self) -> usize {
        self.len()
    }

    fn give_up(handle: &mut StringMut<'_>) {
        handle.clear();
        handle.shrink_to_fit();
    }

    const OPS: &'static [Op<Self>] = &[
        op(6, "try_push", |t| {
            let one = character(&mut t.random);
            t.it.try_push(one)?;
            t.model.push(one);
            Ok(())
        }),
        op(6, "try_push_str", |t| {
            let text = t.random.text();
            t.it.try_push_str(&text)?;
            t.model.push_str(&text);
            Ok(())
        }),
        op(5, "try_insert", |t| {
            let (at, one) = (boundary(&mut t.random, &t.it), character(&mut t.random));
            t.it.try_insert(at, one)?;
            t.model.insert(at, one);
            Ok(())
        }),
        op(5, "try_insert_str", |t| {
            let (at, text) = (boundary(&mut t.random, &t.it), t.random.text());
            t.it.try_insert_str(at, &text)?;
            t.model.insert_str(at, &text);
            Ok(())
        }),
        op(5, "try_replace_range", |t| {
            let (range, text) = (range(&mut t.random, &t.it), t.random.text());
            t.it.try_replace_range(range.clone(), &text)?;
            t.model.replace_range(range, &text);
            Ok(())
        }),
        op(6, "try_set", set),
        op(3, "try_set by formatting itself", |t| {
            let (text, number) = (t.random.text(), t.random.bits() as i32);
            t.other.try_set(format_args!("{}{text:>5}|{number}", &*t.it))?;
            *t.other_model = format!("{}{text:>5}|{number}", t.model);
            Ok(())
        }),
        in_steps(3, "write and extend", |t| {
            let (text, number) = (t.random.text(), t.random.bits() as i32);
            t.it.try_reserve(3 * text.len() + 20)?;
            write!(t.it, "{text}|{number}").expect("there is room");
            t.it.extend(text.chars());
            t.it.extend([&*text]);
            write!(t.model, "{text}|{number}{text}{text}").expect("memory grows");
            Ok(())
        }),
        op(3, "try_reserve", |t| {
            let extra = t.random.below(100);
            t.it.try_reserve(extra)?;
            assert!(t.it.capacity() >= t.it.len() + extra);
            Ok(())
        }),
        op(2, "try_set from the other", |t| {
            t.it.try_set(t.other.as_str())?;
            t.model.clone_from(t.other_model);
            Ok(())
        }),
        op(5, "shrink_to_fit", |t| {
            t.it.shrink_to_fit();
            same(t.it.capacity(), t.model.len());
            Ok(())
        }),
        op(5, "pop", |t| {
            same(t.it.pop(), t.model.pop());
            Ok(())
        }),
        op(5, "remove", |t| {
            let at = boundary(&mut t.random, &t.it);
            if at < t.it.len() {
                same(t.it.remove(at), t.model.remove(at));
            }
            Ok(())
        }),
        op(4, "truncate", |t| {
            let at = boundary(&mut t.random, &t.it);
            t.it.truncate(at);
            t.model.truncate(at);
            Ok(())
        }),
        op(1, "truncate past the end", |t| {
            let len = t.it.len() + 1;
            t.it.truncate(len);
            Ok(())
        }),
        op(2, "clear", |t| {
            t.it.clear();
            t.model.clear();
            Ok(())
        }),
        op(4, "remove_range", |t| {
            let range = range(&mut t.random, &t.it);
            t.it.remove_range(range.clone());
            t.model.replace_range(range, "");
            Ok(())
        }),
        op(3, "retain", |t| {
            let mut random = t.random.clone();
            let (mut keep, mut model_keep) = (t.random.answers(), random.answers());
            t.it.retain(|_| {
                user::call();
                keep()
            });
            t.model.retain(|_| model_keep());
            Ok(())
        }),
        op(2, "make_ascii_uppercase", |t| {
            t.it.make_ascii_uppercase();
            t.model.make_ascii_uppercase();
            Ok(())
        }),
        op(2, "make_ascii_lowercase", |t| {
            t.it.make_ascii_lowercase();
            t.model.make_ascii_lowercase();
            Ok(())
        }),
    ];
}

fn character(random: &mut Random) -> char {
    ['a', 'B', '\0', 'é', '€', '😀', char::MAX][random.below(7)]
}

/// The byte where a character begins, or the end.
fn boundary(random: &mut Random, text: &str) -> usize {
    let at = random.below(text.len() + 1);
    (0..=at).rev().find(|at| text.is_char_boundary(*at)).expect("a text begins with a character")
}

fn range(random: &mut Random, text: &str) -> Range<usize> {
    let (one, other) = (boundary(random, text), boundary(random, text));
    one.min(other)..one.max(other)
}

/// From everything that a string is built from.
fn set(t: &mut Trial<'_, '_, String>) -> Result<()> {
    let (source, text) = (t.random.below(11), t.random.text());
    match source {
        0 => t.it.try_set(&*text),
        1 => t.it.try_set(text.clone()),
        2 => t.it.try_set(&text),
        3 => t.it.try_set(text.clone().into_boxed_str()),
        4 => t.it.try_set(Rc::<str>::from(&*text)),
        5 => t.it.try_set(Arc::<str>::from(&*text)),
        6 => t.it.try_set(Cow::Borrowed(&*text)),
        7 => t.it.try_set(format_args!("{}{}", &text[..0], text)),
        8 => t.it.try_set(from_iter(user::calls(text.chars()))),
        9 => t.it.try_set(from_iter(user::calls(text.split_inclusive(' ')))),
        _ => {
            let copied = Image::<String>::new(&*text)?;
            t.it.try_set(DeepCopy(&*copied))
        }
    }?;
    *t.model = text;
    Ok(())
}
