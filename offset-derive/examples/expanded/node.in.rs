/// A recursive generic type.
#[derive(Relocatable)]
#[repr(C)]
pub(crate) struct Node<T> {
    next: Option<Box<Self>>,
    value: T,
}
