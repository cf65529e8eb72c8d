"""Ways back after signing in: only to our own pages."""

from urllib.parse import quote, urlsplit

LONGEST = 1000


def is_local(path: str) -> bool:
    """Whether a browser can only understand it as a path of this site.

    Browsers read `\\` as `/`, drop tabs and line ends, and take `//host` for another site.
    """
    if not path.startswith("/") or path.startswith("//") or len(path) > LONGEST:
        return False
    if "\\" in path or not path.isprintable():
        return False
    parts = urlsplit(path)
    return not parts.scheme and not parts.netloc and not parts.path.startswith("//")


def safe(path: str | None, otherwise: str) -> str:
    return path if path and is_local(path) else otherwise


def local_part(address: str | None, public_url: str) -> str | None:
    """The path and query of an address of ours (a Referer), None for any other."""
    if not address:
        return None
    parts = urlsplit(address)
    if f"{parts.scheme}://{parts.netloc}".lower() != public_url:
        return None
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    return path if is_local(path) else None


def sign_in(path: str, back: str | None) -> str:
    """The address of a sign-in page that leads back to where the person was going."""
    if not back or back in ("/", "/console") or not is_local(back):
        return path
    return f"{path}?suite={quote(back, safe='/')}"
