"""What invoices say in six languages, and how each writes amounts and dates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

WORDS: dict[str, dict[str, tuple[str, ...]]] = {
    "en": {
        "invoice": ("Invoice", "TAX INVOICE", "INVOICE"),
        "receipt": ("Receipt", "CASH RECEIPT", "SALES RECEIPT"),
        "credit_note": ("Credit note", "CREDIT NOTE"),
        "number": ("Invoice No.", "Invoice number", "No."),
        "date": ("Date", "Invoice date", "Issued"),
        "due": ("Due date", "Payment due"),
        "to": ("Bill to", "Invoice to"),
        "quantity": ("Qty", "Quantity"),
        "description": ("Description", "Item"),
        "price": ("Unit price", "Price", "Rate"),
        "amount": ("Amount", "Total", "Line total"),
        "subtotal": ("Subtotal", "Sub-total", "Net total"),
        "discount": ("Discount",),
        "tax": ("VAT", "GST", "Sales tax"),
        "rounding": ("Rounding",),
        "total": ("Total", "Total due", "Amount due", "Grand total"),
        "paid": ("Cash", "Paid"),
        "change": ("Change",),
        "carried": ("Carried forward",),
        "code": ("Code", "SKU", "Item code"),
        "unit": ("Unit", "UoM"),
        "rate": ("VAT", "Tax"),
        "off": ("Disc.", "Discount"),
        "shipping": ("Shipping", "Delivery"),
        "thanks": ("Thank you for your business.", "Payment within 30 days."),
    },
    "de": {
        "invoice": ("Rechnung", "RECHNUNG"),
        "receipt": ("Kassenbon", "Quittung"),
        "credit_note": ("Gutschrift",),
        "number": ("Rechnungsnummer", "Rechnungs-Nr.", "Rechnung Nr."),
        "date": ("Datum", "Rechnungsdatum"),
        "due": ("Fällig am", "Zahlbar bis"),
        "to": ("Rechnung an", "Kunde"),
        "quantity": ("Menge", "Anzahl"),
        "description": ("Bezeichnung", "Beschreibung", "Artikel"),
        "price": ("Einzelpreis", "Preis", "E-Preis"),
        "amount": ("Betrag", "Gesamtpreis", "Gesamt"),
        "subtotal": ("Zwischensumme", "Nettobetrag", "Summe netto"),
        "discount": ("Rabatt",),
        "tax": ("MwSt.", "USt.", "Umsatzsteuer"),
        "rounding": ("Rundung",),
        "total": ("Gesamtbetrag", "Rechnungsbetrag", "Endbetrag", "Summe"),
        "paid": ("Bar", "Gegeben"),
        "change": ("Rückgeld",),
        "carried": ("Übertrag",),
        "code": ("Art.-Nr.", "Artikelnr."),
        "unit": ("Einheit", "ME"),
        "rate": ("MwSt.", "USt."),
        "off": ("Rabatt",),
        "shipping": ("Versandkosten", "Porto"),
        "thanks": ("Vielen Dank für Ihren Auftrag.", "Zahlbar innerhalb von 14 Tagen ohne Abzug."),
    },
    "fr": {
        "invoice": ("Facture", "FACTURE"),
        "receipt": ("Ticket de caisse", "Reçu"),
        "credit_note": ("Avoir",),
        "number": ("Facture n°", "N° de facture", "Numéro de facture"),
        "date": ("Date", "Date de facture"),
        "due": ("Échéance", "Date d'échéance"),
        "to": ("Facturé à", "Client"),
        "quantity": ("Qté", "Quantité"),
        "description": ("Désignation", "Description"),
        "price": ("Prix unitaire", "P.U. HT", "Prix"),
        "amount": ("Montant", "Total HT", "Montant HT"),
        "subtotal": ("Sous-total", "Total HT"),
        "discount": ("Remise",),
        "tax": ("TVA",),
        "rounding": ("Arrondi",),
        "total": ("Total TTC", "Net à payer", "Total à payer"),
        "paid": ("Espèces",),
        "change": ("Monnaie rendue", "Rendu"),
        "carried": ("À reporter",),
        "code": ("Réf.", "Code"),
        "unit": ("Unité",),
        "rate": ("TVA",),
        "off": ("Remise",),
        "shipping": ("Frais de port", "Livraison"),
        "thanks": ("Merci de votre confiance.", "Paiement à 30 jours."),
    },
    "es": {
        "invoice": ("Factura", "FACTURA"),
        "receipt": ("Recibo", "Factura simplificada"),
        "credit_note": ("Factura rectificativa", "Nota de crédito"),
        "number": ("Factura n.º", "Número de factura", "N.º factura"),
        "date": ("Fecha", "Fecha de factura"),
        "due": ("Vencimiento",),
        "to": ("Facturar a", "Cliente"),
        "quantity": ("Cant.", "Cantidad", "Uds."),
        "description": ("Descripción", "Concepto"),
        "price": ("Precio", "Precio unitario", "P. unitario"),
        "amount": ("Importe", "Total"),
        "subtotal": ("Subtotal", "Base imponible"),
        "discount": ("Descuento",),
        "tax": ("IVA",),
        "rounding": ("Redondeo",),
        "total": ("Total", "Total a pagar", "Importe total"),
        "paid": ("Efectivo", "Entregado"),
        "change": ("Cambio",),
        "carried": ("Suma y sigue",),
        "code": ("Código", "Ref."),
        "unit": ("Unidad", "Ud."),
        "rate": ("IVA",),
        "off": ("Dto.",),
        "shipping": ("Gastos de envío", "Portes"),
        "thanks": ("Gracias por su confianza.", "Pago a 30 días."),
    },
    "it": {
        "invoice": ("Fattura", "FATTURA"),
        "receipt": ("Scontrino", "Ricevuta"),
        "credit_note": ("Nota di credito",),
        "number": ("Fattura n.", "Numero fattura", "N. fattura"),
        "date": ("Data", "Data fattura"),
        "due": ("Scadenza",),
        "to": ("Fatturare a", "Cliente"),
        "quantity": ("Q.tà", "Quantità"),
        "description": ("Descrizione", "Articolo"),
        "price": ("Prezzo", "Prezzo unitario"),
        "amount": ("Importo", "Totale"),
        "subtotal": ("Subtotale", "Imponibile", "Totale imponibile"),
        "discount": ("Sconto",),
        "tax": ("IVA",),
        "rounding": ("Arrotondamento",),
        "total": ("Totale", "Totale fattura", "Totale da pagare"),
        "paid": ("Contanti",),
        "change": ("Resto",),
        "carried": ("Riporto",),
        "code": ("Codice", "Cod."),
        "unit": ("U.M.",),
        "rate": ("IVA",),
        "off": ("Sconto",),
        "shipping": ("Spese di trasporto", "Spedizione"),
        "thanks": ("Grazie per la fiducia.", "Pagamento a 30 giorni."),
    },
    "nl": {
        "invoice": ("Factuur", "FACTUUR"),
        "receipt": ("Kassabon", "Bon"),
        "credit_note": ("Creditnota", "Creditfactuur"),
        "number": ("Factuurnummer", "Factuurnr."),
        "date": ("Datum", "Factuurdatum"),
        "due": ("Vervaldatum", "Te betalen voor"),
        "to": ("Factuur aan", "Klant"),
        "quantity": ("Aantal",),
        "description": ("Omschrijving", "Artikel"),
        "price": ("Prijs", "Stukprijs", "Prijs per stuk"),
        "amount": ("Bedrag", "Totaal"),
        "subtotal": ("Subtotaal", "Totaal excl. btw"),
        "discount": ("Korting",),
        "tax": ("Btw", "BTW"),
        "rounding": ("Afronding",),
        "total": ("Totaal", "Totaal incl. btw", "Te betalen"),
        "paid": ("Contant",),
        "change": ("Wisselgeld", "Terug"),
        "carried": ("Transport",),
        "code": ("Code", "Art.nr."),
        "unit": ("Eenheid",),
        "rate": ("Btw",),
        "off": ("Korting",),
        "shipping": ("Verzendkosten",),
        "thanks": ("Hartelijk dank voor uw bestelling.", "Betaling binnen 14 dagen."),
    },
}

UNITS: dict[str, tuple[str, ...]] = {
    "en": ("pcs", "h", "set"),
    "de": ("Stk", "Std", "Satz"),
    "fr": ("pce", "h", "lot"),
    "es": ("ud", "h", "kit"),
    "it": ("pz", "h", "kit"),
    "nl": ("st", "uur", "set"),
}

GOODS: dict[str, tuple[str, ...]] = {
    "en": (
        "Desk lamp", "Oak shelf", "Printer paper A4", "Green tea", "Steel bolts M6", "Web design", "Garden hose 20 m",
        "Repair of pump", "Cotton towel", "Wall paint white", "Consulting, on site", "Coffee beans", "USB cable 2 m",
        "Travel expenses", "Window cleaning", "Ceramic mug", "Timber 40x60", "Annual maintenance", "Rubber gloves L",
    ),
    "de": (
        "Schreibtischlampe", "Regal Eiche", "Druckerpapier A4", "Grüner Tee", "Schrauben M6", "Beratung vor Ort",
        "Gartenschlauch 20 m", "Reparatur Pumpe", "Handtuch Baumwolle", "Wandfarbe weiß", "Kaffeebohnen", "Montage",
        "USB-Kabel 2 m", "Fahrtkosten", "Fensterreinigung", "Becher Keramik", "Kantholz 40x60", "Wartung jährlich",
    ),
    "fr": (
        "Lampe de bureau", "Étagère en chêne", "Papier A4", "Thé vert", "Vis acier M6", "Création de site",
        "Tuyau de jardin 20 m", "Réparation de pompe", "Serviette coton", "Peinture blanche", "Conseil sur place",
        "Café en grains", "Câble USB 2 m", "Frais de déplacement", "Nettoyage de vitres", "Tasse céramique",
    ),
    "es": (
        "Lámpara de mesa", "Estante de roble", "Papel A4", "Té verde", "Tornillos M6", "Diseño web",
        "Manguera 20 m", "Reparación de bomba", "Toalla algodón", "Pintura blanca", "Asesoría en sitio",
        "Café en grano", "Cable USB 2 m", "Gastos de viaje", "Limpieza de ventanas", "Taza de cerámica",
    ),
    "it": (
        "Lampada da tavolo", "Scaffale rovere", "Carta A4", "Tè verde", "Viti acciaio M6", "Progetto sito",
        "Tubo giardino 20 m", "Riparazione pompa", "Asciugamano cotone", "Vernice bianca", "Consulenza in sede",
        "Caffè in grani", "Cavo USB 2 m", "Spese di viaggio", "Pulizia vetri", "Tazza ceramica",
    ),
    "nl": (
        "Bureaulamp", "Plank eiken", "Printpapier A4", "Groene thee", "Bouten staal M6", "Webontwerp",
        "Tuinslang 20 m", "Reparatie pomp", "Handdoek katoen", "Muurverf wit", "Advies op locatie",
        "Koffiebonen", "USB-kabel 2 m", "Reiskosten", "Ramen wassen", "Mok keramiek",
    ),
}  # fmt: skip
MORE: dict[str, tuple[str, ...]] = {
    "en": ("with mounting kit and two spare parts", "for the workshop, order of March", "extra long version, grey"),
    "de": ("mit Montagesatz und zwei Ersatzteilen", "für die Werkstatt, laut Angebot", "extra lange Ausführung, grau"),
    "fr": ("avec kit de montage et pièces", "pour atelier, selon devis", "version longue, gris clair"),
    "es": ("con kit de montaje y repuestos", "para el taller, según oferta", "versión larga, gris claro"),
    "it": ("con kit di montaggio e ricambi", "per officina, come da offerta", "versione lunga, grigio"),
    "nl": ("met montageset en reservedelen", "voor de werkplaats, zie offerte", "extra lange versie, grijs"),
}
TOWNS: dict[str, tuple[str, ...]] = {
    "en": ("Ashford AF4 2QT", "Millbrook 02117", "Westport BN3 4LR"),
    "de": ("38440 Altstadt", "70173 Neuenburg", "24103 Hafenstadt"),
    "fr": ("69003 Villeneuve", "31000 Belleville", "44200 Port-Neuf"),
    "es": ("28013 Villanueva", "41001 Puerto Alto", "46021 Montesol"),
    "it": ("20121 Villanova", "50123 Montechiaro", "16121 Portofermo"),
    "nl": ("3511 AB Nieuwstad", "1017 CT Oudorp", "9712 GH Noordwal"),
}
STREETS: dict[str, tuple[str, ...]] = {
    "en": ("12 Station Road", "48 Orchard Street", "7 Mill Lane"),
    "de": ("Bahnhofstraße 12", "Gartenweg 48", "Mühlgasse 7"),
    "fr": ("12 rue de la Gare", "48 avenue des Tilleuls", "7 chemin du Moulin"),
    "es": ("Calle Mayor 12", "Avenida del Parque 48", "Plaza Nueva 7"),
    "it": ("Via Roma 12", "Viale dei Tigli 48", "Piazza Nuova 7"),
    "nl": ("Stationsweg 12", "Parklaan 48", "Molenstraat 7"),
}
FORMS: dict[str, tuple[str, ...]] = {
    "en": ("Ltd", "Trading", "& Sons", "Inc."),
    "de": ("GmbH", "AG", "& Söhne", "e.K."),
    "fr": ("SARL", "SAS", "& Fils"),
    "es": ("S.L.", "S.A.", "Hermanos"),
    "it": ("S.r.l.", "S.p.A.", "& Figli"),
    "nl": ("B.V.", "& Zonen"),
}
NAMES = ("Halden", "Orvika", "Brennick", "Talmont", "Veridas", "Castrel", "Lundby", "Morano", "Perivall", "Quintar")
TRADES = ("Tools", "Office", "Garden", "Studio", "Service", "Market", "Technik", "Supply")
RATES: dict[str, tuple[str, ...]] = {
    "en": ("20", "6", "8.5"),
    "de": ("19", "7"),
    "fr": ("20", "5.5"),
    "es": ("21", "10"),
    "it": ("22", "10"),
    "nl": ("21", "9"),
}
CURRENCIES: dict[str, tuple[str, ...]] = {
    "en": ("GBP", "USD", "MYR", "SGD"),
    "de": ("EUR", "EUR", "CHF"),
    "fr": ("EUR", "EUR", "CHF"),
    "es": ("EUR",),
    "it": ("EUR",),
    "nl": ("EUR",),
}
SIGNS = {"EUR": "€", "GBP": "£", "USD": "$", "MYR": "RM", "SGD": "S$", "CHF": "CHF"}
_MONTHS: dict[str, tuple[str, ...]] = {
    "en": (
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
        "November", "December"
    ),
    "de": (
        "Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November",
        "Dezember"
    ),
    "fr": (
        "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre",
        "décembre"
    ),
    "es": (
        "enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre",
        "noviembre", "diciembre"
    ),
    "it": (
        "gennaio", "febbraio", "marzo", "aprile", "maggio", "giugno", "luglio", "agosto", "settembre", "ottobre",
        "novembre", "dicembre"
    ),
    "nl": (
        "januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus", "september", "oktober",
        "november", "december"
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Manner:
    """How a document writes numbers: the mark before decimals and the one between thousands."""

    decimal: str
    thousands: str

    def number(self, value: Decimal, places: int = 2) -> str:
        whole, _, part = f"{abs(value):,.{places}f}".partition(".")
        written = whole.replace(",", self.thousands) + (self.decimal + part if part else "")
        return "-" + written if value < 0 else written


MANNERS: dict[str, tuple[Manner, ...]] = {
    "en": (Manner(".", ","), Manner(".", ",")),
    "de": (Manner(",", "."),),
    "fr": (Manner(",", " "), Manner(",", "")),
    "es": (Manner(",", "."),),
    "it": (Manner(",", "."),),
    "nl": (Manner(",", "."),),
}
SWISS = Manner(".", "'")


def written_date(day: date, language: str, currency: str, style: int) -> str:
    """One of three ways to write `day`: in words, with the marks of the country, or as ISO 8601 has it."""
    month = _MONTHS[language][day.month - 1]
    if style == 0:
        return {
            "en": f"{month} {day.day}, {day.year}" if currency == "USD" else f"{day.day} {month[:3]} {day.year}",
            "de": f"{day.day}. {month} {day.year}",
            "es": f"{day.day} de {month} de {day.year}",
        }.get(language, f"{day.day} {month} {day.year}")
    if style == 1:
        return day.isoformat()
    if currency == "USD":
        return f"{day:%m/%d/%Y}"
    return f"{day:%d{_MARK[language]}%m{_MARK[language]}%Y}"


_MARK = {"en": "/", "de": ".", "fr": "/", "es": "/", "it": "/", "nl": "-"}
