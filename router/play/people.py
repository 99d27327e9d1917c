"""Invented people. Phone numbers are of the range kept for fiction (555-0100 to 555-0199), mail is at example.com."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random


@dataclass(frozen=True)
class Place:
    """What a phone provider says of a number's home, in its own capitals."""

    area: str
    city: str
    state: str
    zip: str
    country: str = "US"


@dataclass(frozen=True)
class Person:
    name: str
    phone: str
    email: str
    place: Place


_PLACES = tuple(
    Place(*row.split("|"))
    for row in """\
206|SEATTLE|WA|98101
503|PORTLAND|OR|97201
415|SAN FRANCISCO|CA|94103
213|LOS ANGELES|CA|90012
619|SAN DIEGO|CA|92101
916|SACRAMENTO|CA|95814
702|LAS VEGAS|NV|89101
602|PHOENIX|AZ|85003
505|ALBUQUERQUE|NM|87102
303|DENVER|CO|80202
801|SALT LAKE CITY|UT|84101
208|BOISE|ID|83702
406|BILLINGS|MT|59101
512|AUSTIN|TX|78701
713|HOUSTON|TX|77002
214|DALLAS|TX|75201
210|SAN ANTONIO|TX|78205
405|OKLAHOMA CITY|OK|73102
816|KANSAS CITY|MO|64105
314|SAINT LOUIS|MO|63101
612|MINNEAPOLIS|MN|55401
515|DES MOINES|IA|50309
402|OMAHA|NE|68102
312|CHICAGO|IL|60601
414|MILWAUKEE|WI|53202
313|DETROIT|MI|48226
317|INDIANAPOLIS|IN|46204
216|CLEVELAND|OH|44113
614|COLUMBUS|OH|43215
502|LOUISVILLE|KY|40202
615|NASHVILLE|TN|37203
901|MEMPHIS|TN|38103
504|NEW ORLEANS|LA|70112
205|BIRMINGHAM|AL|35203
404|ATLANTA|GA|30303
305|MIAMI|FL|33130
813|TAMPA|FL|33602
904|JACKSONVILLE|FL|32202
704|CHARLOTTE|NC|28202
919|RALEIGH|NC|27601
804|RICHMOND|VA|23219
202|WASHINGTON|DC|20001
410|BALTIMORE|MD|21201
215|PHILADELPHIA|PA|19103
412|PITTSBURGH|PA|15222
212|NEW YORK|NY|10001
716|BUFFALO|NY|14202
860|HARTFORD|CT|06103
617|BOSTON|MA|02108
401|PROVIDENCE|RI|02903
207|PORTLAND|ME|04101
603|MANCHESTER|NH|03101
514|MONTREAL|QC||CA
418|QUEBEC|QC||CA
416|TORONTO|ON||CA
604|VANCOUVER|BC||CA
403|CALGARY|AB||CA
613|OTTAWA|ON||CA
""".splitlines()
)

_FIRST = (
    *("Maya", "Owen", "Lucía", "Théo", "Hannah", "Idris", "Noor", "Felix", "Greta", "Samuel", "Ines", "Tomás"),
    *("Chloé", "Priya", "Marcus", "Yuki", "Elena", "Jonas", "Amara", "Diego", "Rosa", "Liam", "Zofia", "Kwame"),
)
_LAST = (
    *("Alder", "Birch", "Castillo", "Dubois", "Ekwueme", "Fischer", "Grant", "Holloway", "Ibarra", "Jensen"),
    *("Kaur", "Laurent", "Moreno", "Novak", "Okafor", "Pereira", "Quist", "Romero", "Sato", "Turner", "Umar"),
)

_PLAIN = str.maketrans("íéáó", "ieao")
_LINES = 100

OFFICE = Place("206", "SEATTLE", "WA", "98101")


def someone(rng: Random) -> Person:
    """A person who is most likely new to any data folder."""
    return _person(rng.choice(_PLACES), rng.randrange(_LINES), rng)


def some(count: int, seed: int, rng: Random) -> tuple[Person, ...]:
    """`count` people, no two with the same number. Seeds close to each other share no number either."""
    start = seed * count
    numbers = [(start + one) % (len(_PLACES) * _LINES) for one in range(count)]
    return tuple(_person(_PLACES[number % len(_PLACES)], number // len(_PLACES), rng) for number in numbers)


def _person(place: Place, line: int, rng: Random) -> Person:
    first, last = rng.choice(_FIRST), rng.choice(_LAST)
    plain = (first + "." + last).lower().translate(_PLAIN)
    email = f"{plain}.{rng.getrandbits(24):06x}@example.com"
    return Person(f"{first} {last}", f"+1{place.area}55501{line:02}", email, place)
