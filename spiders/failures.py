"""Why no answer came, in words. May import: the standard library."""

_WORDS = {
    "TimeoutError": "it took too long",
    "DownloadTimeoutError": "it took too long",
    "TCPTimedOutError": "it took too long",
    "DNSLookupError": "no such host is known",
    "CannotResolveHostError": "no such host is known",
    "ConnectionRefusedError": "the connection was refused",
    "DownloadConnectionRefusedError": "the connection was refused",
    "ResponseDataLossError": "the answer broke off",
    "DownloadFailedError": "the connection broke off",
    "ResponseFailed": "the connection broke off",
    "ConnectionLost": "the connection broke off",
    "ConnectionDone": "the connection broke off",
    "ResponseNeverReceived": "the connection broke off",
    "TunnelError": "the proxy opened no tunnel",
    "BadGzipFile": "its gzip stream is damaged",
    "SSLError": "the secure connection failed",
}


def words_for(error: BaseException) -> str:
    """Return what a failed request's error says, told by the names of its classes."""
    names = [cls.__name__ for cls in type(error).__mro__]
    return next((_WORDS[name] for name in names if name in _WORDS), f"no answer came ({names[0]})")
