//! How a JSON value becomes a value of the model and back.

use crate::terms::Terms;
use crate::written::Written;
use crate::{Extensions, Fault, Json, Members, Reason};

/// A value that is read from JSON and written to it without loss.
pub(crate) trait Shape: Sized {
    fn read(json: Json, terms: &Terms) -> Result<Self, Fault>;
    fn write(&self) -> Written<'_>;
}

/// What is written of an object so far.
pub(crate) type Named<'a> = Vec<(&'a str, Written<'a>)>;

/// The members of an object that are not read yet.
pub(crate) struct Fields<'a> {
    members: Members,
    terms: &'a Terms,
}

impl<'a> Fields<'a> {
    pub(crate) fn of(json: Json, terms: &'a Terms) -> Result<Self, Fault> {
        match json {
            Json::Object(members) => Ok(Self { members, terms }),
            _ => Err(Fault::new(Reason::Not("an object"))),
        }
    }

    /// A field that may be absent.
    pub(crate) fn may<T: Shape>(&mut self, name: &str) -> Result<Option<T>, Fault> {
        self.members
            .remove(name)
            .map(|json| T::read(json, self.terms).map_err(|fault| fault.in_member(name)))
            .transpose()
    }

    /// A field that must be there.
    pub(crate) fn need<T: Shape>(&mut self, name: &str) -> Result<T, Fault> {
        self.may(name)?
            .ok_or_else(|| Fault::new(Reason::Missing).in_member(name))
    }

    /// Everything else, which must be extensions.
    pub(crate) fn rest(&mut self) -> Result<Extensions, Fault> {
        match self.members.keys().find(|name| !self.terms.allow(name)) {
            Some(name) => Err(Fault::unknown_field(name)),
            None => Ok(std::mem::take(&mut self.members)),
        }
    }

    /// Nothing may be left.
    pub(crate) fn end(self) -> Result<(), Fault> {
        match self.members.into_keys().next() {
            Some(name) => Err(Fault::unknown_field(&name)),
            None => Ok(()),
        }
    }
}

/// Puts a field that may be absent.
pub(crate) fn put<'a, T: Shape>(to: &mut Named<'a>, name: &'static str, value: Option<&'a T>) {
    if let Some(value) = value {
        to.push((name, value.write()));
    }
}

/// Puts extensions.
pub(crate) fn put_rest<'a>(to: &mut Named<'a>, rest: &'a Members) {
    let rest = rest.iter();
    to.extend(rest.map(|(name, value)| (name.as_str(), Written::Json(value))));
}

impl<T: Shape> Shape for Vec<T> {
    fn read(json: Json, terms: &Terms) -> Result<Self, Fault> {
        match json {
            Json::List(items) => items
                .into_iter()
                .enumerate()
                .map(|(index, item)| T::read(item, terms).map_err(|fault| fault.in_item(index)))
                .collect(),
            _ => Err(Fault::new(Reason::Not("a list"))),
        }
    }

    fn write(&self) -> Written<'_> {
        Written::List(self.iter().map(Shape::write).collect())
    }
}

impl Shape for Json {
    fn read(json: Json, _: &Terms) -> Result<Self, Fault> {
        Ok(json)
    }

    fn write(&self) -> Written<'_> {
        Written::Json(self)
    }
}

impl Shape for Members {
    fn read(json: Json, _: &Terms) -> Result<Self, Fault> {
        match json {
            Json::Object(members) => Ok(members),
            _ => Err(Fault::new(Reason::Not("an object"))),
        }
    }

    fn write(&self) -> Written<'_> {
        Written::Members(self)
    }
}

impl Shape for String {
    fn read(json: Json, _: &Terms) -> Result<Self, Fault> {
        match json {
            Json::Text(text) => Ok(text),
            _ => Err(Fault::new(Reason::Not("text"))),
        }
    }

    fn write(&self) -> Written<'_> {
        Written::Text(self)
    }
}

impl Shape for bool {
    fn read(json: Json, _: &Terms) -> Result<Self, Fault> {
        match json {
            Json::Bool(value) => Ok(value),
            _ => Err(Fault::new(Reason::Not("true or false"))),
        }
    }

    fn write(&self) -> Written<'_> {
        Written::Bool(*self)
    }
}

/// Declares a group of fields once, for the struct, for reading and for writing, so that the
/// three cannot differ. `need` must be there, `may` can be absent, `rest` takes the extensions
/// and comes last.
macro_rules! shape {
    (@type need $type:ty) => { $type };
    (@type may $type:ty) => { Option<$type> };
    (@type rest $type:ty) => { $type };
    (@take need $fields:ident $json:literal) => { $fields.need($json)? };
    (@take may $fields:ident $json:literal) => { $fields.may($json)? };
    (@take rest $fields:ident $json:literal) => { $fields.rest()? };
    (@put need $members:ident $json:literal $value:expr) => {
        $crate::shape::put($members, $json, Some($value))
    };
    (@put may $members:ident $json:literal $value:expr) => {
        $crate::shape::put($members, $json, $value.as_ref())
    };
    (@put rest $members:ident $json:literal $value:expr) => {
        $crate::shape::put_rest($members, $value)
    };
    (
        $(#[$about:meta])*
        pub struct $name:ident {
            $($(#[$doc:meta])* $mark:ident $field:ident: $type:ty = $json:literal,)*
        }
    ) => {
        $(#[$about])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $name {
            $($(#[$doc])* pub $field: shape!(@type $mark $type),)*
        }

        impl $name {
            pub(crate) fn take(fields: &mut $crate::shape::Fields<'_>) -> Result<Self, $crate::Fault> {
                Ok(Self { $($field: shape!(@take $mark fields $json),)* })
            }

            pub(crate) fn put<'a>(&'a self, members: &mut $crate::shape::Named<'a>) {
                $(shape!(@put $mark members $json &self.$field);)*
            }
        }

        impl $crate::shape::Shape for $name {
            fn read(json: $crate::Json, terms: &$crate::terms::Terms) -> Result<Self, $crate::Fault> {
                let mut fields = $crate::shape::Fields::of(json, terms)?;
                let value = Self::take(&mut fields)?;
                // What `rest` did not take is neither a field nor, here, an extension.
                fields.end()?;
                Ok(value)
            }

            fn write(&self) -> $crate::written::Written<'_> {
                let mut members = $crate::shape::Named::new();
                self.put(&mut members);
                $crate::written::Written::Object(members)
            }
        }
    };
}
