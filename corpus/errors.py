"""The one exception that means: the user can mend this. Imports nothing."""


class UserError(Exception):
    """A mistake that the user can mend, told in one sentence that names the file, row or URL and the way out.

    The command line prints the sentence on stderr and exits with status 1; every other exception is a bug.
    """
