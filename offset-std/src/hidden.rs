//! Parts of collections that are never shown, so that nobody edits them by a handle of their own: nodes and leaves.

/// The items of `Relocatable` that say so.
macro_rules! no_handles {
    () => {
        type Mut<'r>
            = ()
        where
            Self: 'r;
        type Fields<'r>
            = ()
        where
            Self: 'r;

        unsafe fn handle<'r>(_: std::ptr::NonNull<Self>, _: &'r offset_core::raw::Writer)
        where
            Self: 'r,
        {
        }

        unsafe fn fields<'r>(_: std::ptr::NonNull<Self>, _: &'r offset_core::raw::Writer)
        where
            Self: 'r,
        {
        }
    };
}
pub(crate) use no_handles;
