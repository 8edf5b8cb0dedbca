"""What the scorer of near-duplicates calls a shingle: NFKC, lower case, URLs out, letters and digits only, 3 characters."""
import re
import unicodedata


def shingles(text):
    text = unicodedata.normalize("NFKC", text).lower()
    text = re.sub(r"https?://[\x21-\x7e]+", "", text)
    text = "".join(c for c in text if c.isalnum())
    if len(text) < 10:
        return frozenset()
    return frozenset(text[i:i + 3] for i in range(len(text) - 2))
