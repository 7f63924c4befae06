"""Taking one's work along: everything of the user's as one zip, and back from one, checked before it is written."""
