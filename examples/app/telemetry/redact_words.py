"""Words beside a number that say what it is; all in small letters, as is what they are looked for in: that is much quicker than to ignore case."""

import re

# In the languages of the countries whose numbers are written in forms that are also something else.
PHONE = re.compile(
    r"""(?<![^\W_]) (?:
      tele?(?:f|ph)on\w* | t[eé]l\w{0,8} | tlf | phone | mobi[el]\w{0,2} | cell(?:phone|ulare|ular)? | celular | handy | portable | m[oó]vil
    | fax | sms | whatsapp | signal | telegram | answering | hotline | landline | voicemail | extension | durchwahl | puhelin\w* | komórka
    | (?:call|text|dial|ring|reach|contact) (?=\s (?:me|us|him|her|them|back|on|at|to|\+|\d|\() | : | \s*$)
    | (?:my|his|her|their|our|your) \s (?:new\s|direct\s)? number | nummer
    | ruf\w{0,6} | anruf\w* | appel\w{0,5} | llam\w{0,6} | ligue | lig[ao]r? | chiam\w{0,5} | bel(?:len)?(?=\s) | zadzwo\w+
    ) (?![^\W_])
    | тел | τηλ | звон | номер | 电话 | 手机 | 電話 | 携帯 | 전화 | هاتف | फोन""",
    re.VERBOSE,
)
"""Says phone number."""

CARD = re.compile(r"(?:card|karte|carte|kaart|kort|tarjeta|cart[aã]o|carta|visa|\bpan\b|карт|卡|カード)")
"""Says payment card."""

OTHER = re.compile(
    r"""(?: [#$€£¥] | (?<![^\W_]) (?:
      order | invoice | ticket | case | ref(?:erence)? | serial | tracking | parcel | package | account | acct | customer | policy | user
    | bestell\w* | auftrag\w* | rechnung\w* | kunden\w* | sendung\w* | artikel\w* | commande | facture | pedido
    | ids? | isbn | ean | sku | iban | vat | tax | zip | plz | postcode | model | part | item | article | page
    | version | build | batch | seed | offset | hash | commit | merge | job | run | trace | span | request | call_id
    | timestamp | epoch | unix | bytes? | port | pid | row | line
    ) (?:[ _-]? (?:numbers?|nummer|num|no|nr|ids?|code))? )
    [\ .:\#=_-]{0,3} $""",
    re.VERBOSE,
)
"""Says, right before a number, that it is something else."""

UNITS = re.compile(
    r"""\s? (?: [%€$£¥°] | (?:
      eur | usd | gbp | chf | [mµun]?s | [kmg]i?b | bytes? | tokens? | calls? | requests? | rows? | lines? | px | k?m | h | w | people | users
    ) (?!\w) )""",
    re.VERBOSE,
)
"""Says, right after a number, that it counts or measures something."""
