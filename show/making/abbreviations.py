"""Full stops that end no phrase: of abbreviations, initials and dates, in a dozen languages."""

import re


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# In small letters, without their last full stop.
TITLES = _words(
    "mr mrs ms mx dr dra drs prof st sr sra sig dott mme mlle rev capt gen sgt mt dhr mevr mw hr hrn fr mgr ud uds"
    " vs cf vgl bijv bv np tj tzn tzw tzv např örn esim inkl evtl ggf resp ul tp ул проф"
    " e.g i.e z.b d.h u.a p.ex p.ej bl.a t.ex f.eks sig.ra"
)
BEFORE_NUMBERS = _words(
    "no nr num vol fig p pp s art ch op approx ca max min kl blz str godz"
    " jan feb mar apr jun jul aug sep sept oct nov dec"
)
OFTEN_LAST = _words("etc usw bzw enz osv jne itd itp atd apod vb inc ltd co jr ave blvd a.m p.m al")
AFTER_NUMBERS = _words("г гг в вв руб")
IN_PIECES = re.compile(  # written apart; every full stop in them is part of them
    r"(?<!\w)(?:z\. b|d\. h|u\. a|o\. a|i\. d\. r|p\. ex|p\. ej|c\.-à-d|ee\. uu|dr\. ir|т\. е|т\. д|т\. п)\.(?!\w)",
    re.IGNORECASE,
)
DATED = re.compile(  # what follows the number of a day, or of a century, in German, Nordic and Slavic languages
    r"(?:jan|feb|mär|mar|apr|mai|maj|jun|jul|aug|sep|okt|oct|nov|dez|dec|des|jahrhundert|århundre)", re.IGNORECASE
)
LAST_WORD = re.compile(r"(?<![\w.°])(?:[^\W\d_]|\.(?=[^\W\d_]))+\Z")


def is_abbreviation(before: str, after: str) -> bool:
    """Whether the full stop behind `before` belongs to its last word and `after` goes on with the sentence."""
    if any(found.start() <= len(before) < found.end() for found in IN_PIECES.finditer(f"{before}. {after}")):
        return True
    if re.search(r"(?<!\w)\d{1,2}\Z", before):
        return DATED.match(after) is not None
    found = LAST_WORD.search(before)
    return found is not None and _is_short_for_something(found.group(), before, after)


def _is_short_for_something(word: str, before: str, after: str) -> bool:
    small, goes_on = word.lower(), not after[:1].isupper()
    if small in OFTEN_LAST or re.fullmatch(r"[IVX]{2,}", word):
        return goes_on
    if small in AFTER_NUMBERS and re.search(r"\d ?\w+\Z", before):
        return goes_on
    if after[:1].isdigit() and (small in BEFORE_NUMBERS or small.endswith("str")):
        return True
    return small in TITLES or _is_acronym(word) or _is_initial(word, after)


def _is_acronym(word: str) -> bool:
    return re.fullmatch(r"(?:[^\W\d_]\.)+[^\W\d_]", word) is not None


def _is_initial(word: str, after: str) -> bool:
    """A single letter before a name; "I" only before another initial, for it is a word of its own."""
    if len(word) != 1 or not after[:1].isalpha():
        return False
    if word == "I" or word.islower():
        return re.match(r"[^\W\d_]\.", after) is not None
    return word.isupper() and after[0].isupper()
