/// A user, as the rest of the program has it.
#[derive(Relocatable)]
#[relocatable(std, derive(Debug))]
pub struct User {
    pub name: String,
    pub logins: u64,
    #[relocatable(with = AsText)]
    address: IpAddr,
    friends: Vec<Option<Box<Self>>>,
}
