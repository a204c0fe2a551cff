"""How dates, times and money are printed in a country."""

import re
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal

from recto.training.synth.chance import Chance

_MONTHS = {
    "en": "January February March April May June July August September October November December",
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "it": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "nl": "januari februari maart april mei juni juli augustus september oktober november december",
    "id": "Januari Februari Maret April Mei Juni Juli Agustus September Oktober November Desember",
    "pt": "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
    "sv": "januari februari mars april maj juni juli augusti september oktober november december",
}
_DAYS = {
    "en": "Monday Tuesday Wednesday Thursday Friday Saturday Sunday",
    "de": "Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonntag",
    "fr": "Lundi Mardi Mercredi Jeudi Vendredi Samedi Dimanche",
    "es": "Lunes Martes Miércoles Jueves Viernes Sábado Domingo",
    "it": "Lunedì Martedì Mercoledì Giovedì Venerdì Sabato Domenica",
    "nl": "Maandag Dinsdag Woensdag Donderdag Vrijdag Zaterdag Zondag",
}
_DATE = re.compile(r"EEEE|EEE|yyyy|yy|MMMM|MMM|MM|M|dd|d")
_TIME = re.compile(r"HHh|HH|H|hh|h|mm|ss|A|a")


def date_text(pattern: str, day: date, language: str = "en", upper: bool = False) -> str:
    """A date in a pattern of countries.toml: `dd/MM/yyyy`, `EEE d MMM yy`."""
    months = _MONTHS.get(language, _MONTHS["en"]).split()
    days = _DAYS.get(language, _DAYS["en"]).split()
    month, weekday = months[day.month - 1], days[day.weekday()]
    values = {
        "EEEE": weekday,
        "EEE": weekday[:3] if language != "de" else weekday[:2],
        "yyyy": f"{day.year}",
        "yy": f"{day.year % 100:02}",
        "MMMM": month,
        "MMM": month[:3],
        "MM": f"{day.month:02}",
        "M": f"{day.month}",
        "dd": f"{day.day:02}",
        "d": f"{day.day}",
    }
    text = _DATE.sub(lambda part: values[part[0]], pattern)
    return text.upper() if upper else text


def time_text(pattern: str, moment: time) -> str:
    """A time in a pattern of countries.toml: `HH:mm`, `h:mm A`."""
    twelve = (moment.hour - 1) % 12 + 1
    half = "PM" if moment.hour >= 12 else "AM"
    values = {
        "HHh": f"{moment.hour:02}h",
        "HH": f"{moment.hour:02}",
        "H": f"{moment.hour}",
        "hh": f"{twelve:02}",
        "h": f"{twelve}",
        "mm": f"{moment.minute:02}",
        "ss": f"{moment.second:02}",
        "A": half,
        "a": half.lower(),
    }
    body, mark, suffix = pattern.partition(" Uhr")
    return _TIME.sub(lambda part: values[part[0]], body) + mark + suffix


def any_day(chance: Chance, first: int = 2010, last: int = 2026) -> date:
    return date(chance.randint(first, last), chance.randint(1, 12), chance.randint(1, 28))


def any_time(chance: Chance) -> time:
    return time(chance.choice((*range(7, 24), 12, 13, 18, 19, 20)), chance.randint(0, 59), chance.randint(0, 59))


@dataclass(frozen=True, slots=True)
class MoneyFormat:
    """How amounts are printed: separators, and the sign of the currency before or (with a leading space) after."""

    decimal: str = "."
    thousand: str = ","
    symbol: str = ""
    whole: bool = False
    minus: str = "-"

    def __call__(self, amount: Decimal, symbol: bool = True) -> str:
        """The amount as printed, with its currency sign where the format has one and `symbol` is asked for."""
        number = f"{abs(amount):,.0f}" if self.whole else f"{abs(amount):,.2f}"
        number = number.replace(",", "\x00").replace(".", self.decimal).replace("\x00", self.thousand)
        sign = self.symbol if symbol else ""
        after = sign.startswith(" ") or (sign in ("€",) and self.decimal == ",")
        text = f"{number}{sign}" if after else f"{sign}{number}"
        if amount >= 0:
            return text
        return {"-": f"-{text}", "()": f"({text})", "after": f"{text}-"}[self.minus]


def cents(amount: Decimal, whole: bool = False) -> Decimal:
    """The amount rounded to what is printed."""
    return amount.quantize(Decimal(1) if whole else Decimal("0.01"))


def canonical(amount: Decimal) -> str:
    """Money as fields carry it: `1234.50`."""
    return f"{amount:.2f}"
