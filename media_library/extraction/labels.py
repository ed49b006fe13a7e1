"""Words that say what stands beside or below them, in English, German, French, Spanish, Italian, Dutch and Malay.

General words of the trade only: no shop, no street, no town. Whatever a country calls its sales tax is one word here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Literal

from media_library.extraction.words import blurred, fold, near, squash

Role = Literal["total", "subtotal", "tax", "rounding", "discount", "paid", "change", "count", "charge", "carried"]

SHORT = 6
"""Words of fewer letters count only where they stand alone: “bar” is cash, “Barcelona” is not."""


_GAP = r"[\s.,/&'-]*"


class Vocabulary:
    """Phrases, looked for in a text whatever became of its spaces and accents."""

    def __init__(self, *phrases: str) -> None:
        every = {phrase for line in phrases for phrase in line.split(", ")}
        self.phrases = frozenset(blurred(squash(phrase)) for phrase in every) - {""}
        self.long = tuple(sorted({blurred(squash(phrase)) for phrase in every if len(squash(phrase)) >= SHORT}))
        short = {
            _GAP.join(re.findall(r"[^\W_]+|[#%]", fold(phrase))) for phrase in every if len(squash(phrase)) < SHORT
        }
        patterns = "|".join(sorted(short, key=len, reverse=True))
        self.short = re.compile(rf"(?<![a-z])(?:{patterns})(?![a-z])") if short else None

    def in_(self, text: str) -> bool:
        return _found(self, text)


@lru_cache(maxsize=16384)
def _found(vocabulary: Vocabulary, text: str) -> bool:
    plain = blurred(squash(text))
    if any(phrase in plain for phrase in vocabulary.long):
        return True
    if vocabulary.short is None:
        return False
    folded = fold(text)
    # M.w.St. and B.T.W. are one word each; so is a label that was read with gaps.
    return bool(
        vocabulary.short.search(folded) or vocabulary.short.search(re.sub(r"(?<=\b\w)\.\s?(?=\w\b)", "", folded))
    )


TOTAL = Vocabulary(
    "total, totals, tot, ttl, grand total, amount, amt, balance due, amount due, due, to pay, payable, sum",
    "summe, gesamt, gesamtbetrag, rechnungsbetrag, endbetrag, zahlbetrag, endsumme, zu zahlen, gesamtsumme, brutto",
    "montant, net a payer, a payer, total ttc, ttc",
    "importe, importe total, a pagar, monto, suma",
    "totale, da pagare, totale fattura, importo, netto a pagare",
    "totaal, te betalen, totaalbedrag, te voldoen, eindtotaal",
    "jumlah, jumlah besar, amaun, tl, jum",
)
FIRM_TOTAL = Vocabulary(
    "grand total, total due, amount due, total payable, amount payable, balance due, net total, nett total",
    "nett amount",
    "total amount due, total to pay, total after rounding, rounded total, total rounded, total after adj, ttl atf rnd",
    "total inclusive, total incl, total inc, total sales inclusive, total sales incl, total rm, total myr, please pay",
    "gesamtbetrag, rechnungsbetrag, endbetrag, zahlbetrag, endsumme, zu zahlen, zu zahlender betrag, gesamtsumme",
    "summe brutto, bruttobetrag, total ttc, net a payer, total a payer, montant ttc, montant total",
    "total a pagar, importe total, total factura, importe a pagar, totale fattura, totale da pagare, totale documento",
    "totale complessivo, netto a pagare, totaal incl, te betalen, totaalbedrag, te voldoen, eindtotaal, jumlah besar",
    "jumlah perlu dibayar, total includes",
)
SUBTOTAL = Vocabulary(
    "subtotal, sub total, subtota, subttl, net amount, total before tax, taxable amount, total excl, total excluding",
    "total net, goods total, zwischensumme, nettobetrag, summe netto, nettosumme, netto, gesamt netto, warenwert",
    "sous total, total ht, montant ht, total hors taxe, base imponible, subtotale, imponibile, totale imponibile",
    "subtotaal, totaal excl, excl btw, jumlah kecil, gross amount, net total, total sales excluding, total sales excl",
)
EXCLUDING = Vocabulary(
    "excluding, excl, exclusive, before tax, exc gst, excgst, without tax, zzgl, ohne, hors taxe, sin iva, excluded"
)
INCLUDING = Vocabulary(
    "including, inclusive, incl, inclgst, inc gst, includes, inkl, ttc, compris, incluido, inclusa, after tax"
)
TAX = Vocabulary(
    "gst, vat, sst, tax, sales tax, service tax, taxes, hst, pst, qst, mwst, ust, umsatzsteuer, mehrwertsteuer, steuer",
    "tva, t.v.a., taxe, iva, i.v.a., impuesto, igic, irpf, imposta, btw, cukai, tax amount, total tax",
)
ROUNDING = Vocabulary(
    "rounding, rounding adj, rounding adjustment, round adj, rnd adj, rnding, roundoff, round off, adjustment, rundung",
    "rundungsdifferenz, arrondi, redondeo, arrotondamento, afronding, pembundaran, penggenapan, rnd, round d",
)
DISCOUNT = Vocabulary(
    "discount, disc, less, rebate, voucher, coupon, promo discount, rabatt, nachlass, skonto, abzug, remise, rabais",
    "descuento, dto, bonificacion, sconto, ribasso, korting, diskaun, potongan, ristourne, saving, savings",
)
PAID = Vocabulary(
    "cash, cash received, paid, payment, tendered, tender, cash tendered, amount paid, credit card, debit card, visa",
    "master, mastercard, amex, received, bar, bargeld, gegeben, bezahlt, karte, kartenzahlung, ec karte",
    "girocard, recu",
    "especes, paye, regle, carte bancaire, efectivo, pagado, entregado, tarjeta, contanti, pagato, contante, carta",
    "contant, betaald, pin, pinpas, gepind, tunai, bayaran, dibayar, credit",
)
CHANGE = Vocabulary(
    "change, change due, cash change, changed, ruckgeld, wechselgeld, zuruck, monnaie, rendu, monnaie rendue, a rendre",
    "cambio, vuelto, su cambio, resto, wisselgeld, terug, baki, baki tunai, amount change",
)
NOT_CHANGE = Vocabulary("exchange, exchangeable, exchanged, goods sold, returnable, refundable")
COUNT = Vocabulary(
    "qty, quantity, items, item count, total item, total items, no of items, number of items, pcs, pieces, pax, points",
    "point, member, average, menge, anzahl, positionen, artikel, nombre d'articles, articles, cantidad, unidades",
    "pezzi, aantal, kuantiti, bilangan, barang, saving, savings, loading, promotional",
)
CHARGE = Vocabulary(
    "service charge, srv chg, svc chg, serv charge, service chg, service, shipping, delivery, freight, postage, tip",
    "gratuity, versand, versandkosten, porto, fracht, livraison, frais de port, port, envio, gastos de envio, portes",
    "spedizione, spese di trasporto, verzendkosten, verzending, penghantaran, caj perkhidmatan, handling",
)
CARRIED = Vocabulary(
    "carried forward, brought forward, carry forward, balance forward, ubertrag, zwischenubertrag, a reporter, report",
    "reporte, suma y sigue, suma anterior, riporto, a riportare, transport, transporteren, page total, seitensumme",
)
SUMMARY = Vocabulary(
    "gst summary, tax summary, gst analysis, tax analysis, summary, tax code, vat summary, vat analysis",
    "steueraufstellung",
    "detail tva, desglose, riepilogo, btw specificatie, tax rate, gst details, tax details, ringkasan",
)

DATE = Vocabulary(
    "date, dated, issued, issue date, invoice date, bill date, sales date, bizdate, trans date, datum, rechnungsdatum",
    "ausstellungsdatum, belegdatum, date de facture, date facture, emis le, le, fecha, fecha de factura, fecha emision",
    "data, data fattura, data emissione, emessa il, factuurdatum, tarikh",
)
OTHER_DATE = Vocabulary(
    "due, due date, payment due, pay by, delivery date, order date, valid until, expiry, expires, exp, member since",
    "fallig, fallig am, faelligkeit, falligkeit, zahlbar bis, lieferdatum, leistungsdatum, bestelldatum, echeance",
    "date d'echeance, date limite, date de livraison, date de commande, vencimiento, fecha de vencimiento",
    "fecha de entrega, scadenza, data scadenza, data di consegna, vervaldatum, te betalen voor, leverdatum",
    "uiterlijk, tamat, period, from, until, birth, printed on",
)
DUE_DATE = Vocabulary(
    "due, due date, payment due, pay by, fallig, fallig am, faellig, falligkeit, zahlbar bis, echeance",
    "date d'echeance",
    "date limite, vencimiento, fecha de vencimiento, scadenza, data scadenza, vervaldatum, te betalen voor, uiterlijk",
)
NUMBER = Vocabulary(
    "invoice no, invoice number, invoice nr, invoice id, invoice num, inv no, invno, receipt no",
    "receipt number, rcpt no",
    "bill no, bill number, doc no, document no, document number, cash sales no, slip no, sales no",
    "tax invoice no, ticket no",
    "credit note no, credit note number, rechnungsnummer, rechnungs nr, rechnung nr, rechnung no, beleg nr",
    "belegnummer",
    "bon nr, gutschrift nr, facture no, facture n, no de facture, n de facture, numero de facture",
    "num facture, avoir no",
    "factura no, factura n, numero de factura, no factura, n factura, no de factura, fattura n, fattura no",
    "numero fattura, n fattura, documento n, scontrino n, factuurnummer, factuurnr, factuur nr, bonnummer, bon nr",
    "no resit, no invois, nombor invois, trn, chk, order no, invoice, inv, no., nr., n°, n.º, cb, check no, invoice #",
)
FIRM_NUMBER = Vocabulary(
    "invoice no, invoice number, invoice nr, inv no, receipt no, receipt number, bill no, bill number",
    "doc no, document no",
    "cash sales no, tax invoice no, credit note no, rechnungsnummer, rechnungs nr, rechnung nr, belegnummer, beleg nr",
    "facture n, no de facture, n de facture, numero de facture, factura n, numero de factura, n factura, no factura",
    "fattura n, numero fattura, n fattura, factuurnummer, factuurnr, bonnummer, no resit, no invois, sales no, trn",
)
OTHER_NUMBER = Vocabulary(
    "tel, telephone, phone, fax, mobile, whatsapp, hotline, customer no, customer number, kundennummer",
    "kunden nr, iban",
    "bic, swift, account, konto, order no, po no, purchase order, bestellnummer, auftragsnummer, table",
    "cashier, gst no",
    "gst reg, gst id, gst number, gstin, vat no, vat reg, ust id, ust idnr, steuernummer, tva intracom",
    "siret, siren, nif",
    "cif, partita iva, p iva, kvk, btw nr, btw nummer, company no, co no, co reg, company reg, br no, reg no, roc, ssm",
    "n client, numero client, klantnummer, codice cliente, codigo cliente, member, terminal, counter, batch, approval",
    "trace, card no, tax no, tax id, abn, acn, ein, brn, service tax no, sst no, handelsregister, hrb, registration",
)
TITLE = Vocabulary(
    "invoice, tax invoice, receipt, bill, cash bill, cash sale, cash sales, cash receipt, official receipt",
    "sales receipt",
    "credit note, guest check, simplified tax invoice, credit memo, tax receipt, statement, debit note",
    "quotation, pro forma",
    "copy, customer copy, duplicate, duplicate copy, reprint, original, merchant copy, welcome, thank you",
    "rechnung, quittung, kassenbon, kassenbeleg, beleg, gutschrift, bon, facture, recu, ticket",
    "ticket de caisse, avoir",
    "note de credit, factura, recibo, factura simplificada, nota de credito, factura rectificativa, abono, fattura",
    "ricevuta, scontrino, nota di credito, factuur, kassabon, kwitantie, creditnota, creditfactuur, resit, invois",
)
CREDIT_NOTE = Vocabulary(
    "credit note, credit memo, gutschrift, rechnungskorrektur, stornorechnung, avoir, note de credit, facture d'avoir",
    "factura rectificativa, nota de credito, nota de abono, nota di credito, creditnota, creditfactuur, nota kredit",
)
RECEIPT = Vocabulary(
    "receipt, cash bill, cash receipt, cash sale, quittung, kassenbon, bon, ticket de caisse, recu, recibo",
    "factura simplificada, scontrino, ricevuta, kassabon, resit, cashier, guest check",
)
BUYER = Vocabulary(
    "bill to, billed to, invoice to, sold to, ship to, deliver to, customer, client, attention, attn, to, rechnung an",
    "kunde, empfanger, lieferadresse, rechnungsadresse, facture a, client, adresse a, livre a, facturar a, cliente",
    "fatturare a, destinatario, spett.le, spettabile, intestatario, factuur aan, klant, pelanggan, kepada, member",
)

QUANTITY = Vocabulary(
    "qty, quantity, qnty, quant, units, hours, hrs, pcs, ety, menge, anzahl, anz, stk, stuck, std, qte",
    "quantite, nombre",
    "cant, cantidad, uds, unidades, ud, unid, qta, q.ta, quantita, aantal, kuantiti, kuant, q1y, oty",
)
DESCRIPTION = Vocabulary(
    "description, item, items, product, article, particulars, details, service, goods, desc",
    "item description, code&desc",
    "bezeichnung, beschreibung, artikel, leistung, produkt, designation, libelle, article, descripcion",
    "concepto, articulo",
    "producto, descrizione, articolo, prodotto, voce, omschrijving, artikel, dienst, keterangan, perkara",
    "barang, itern",
)
PRICE = Vocabulary(
    "price, unit price, u.price, rate, unit cost, unit, cost, each, s/price, list price, einzelpreis",
    "e-preis, preis, stuckpreis",
    "ep, prix, prix unitaire, p.u., pu, pu ht, precio, precio unitario, p. unitario, p.unit, prezzo, prezzo unitario",
    "prijs, stukprijs, prijs per stuk, harga, harga seunit, u price",
)
AMOUNT = Vocabulary(
    "amount, amt, total, line total, net, value, ext, extended, rm, betrag, gesamtpreis, gesamt, summe, gp, g-preis",
    "montant, montant ht, total ht, importe, total, importo, totale, bedrag, totaal, jumlah, amaun, subtotal, sum",
)
POSITION = Vocabulary("#, pos, no, nr, item no, line, pos., position, s/n, sn, n°, bil, lp")
CODE = Vocabulary(
    "code, item code, sku, art-nr, art.-nr., artikelnr, artikelnummer, art.nr., ref, reference, codigo, codice, cod",
    "product code, stock code, barcode, kod, part no, article no, no article, model",
)
UNIT = Vocabulary(
    "uom, u/m, u.m., um, einheit, eh, me, unite, unidad, ud., eenheid, unit of measure, unita, unit, units"
)
LINE_DISCOUNT = Vocabulary("disc, discount, disc%, d%, rabatt, remise, dto, descuento, sconto, korting, diskaun")
LINE_TAX = Vocabulary("tax, vat, gst, mwst, ust, tva, iva, btw, tax code, sst, vat%")

PHONE = Vocabulary(
    "tel, tel no, telephone, phone, fax, mobile, whatsapp, hotline, hp, handphone, telefon, telefono, tfno",
    "gsm, tlf, mob, call",
)
REGISTRATION = Vocabulary(
    "gst id, gst no, gst reg, gst number, gstin, gst, co no, company no, company reg, co reg, br no, reg no",
    "roc no, vat no",
    "vat reg, business reg, registration, ust id, ustidnr, steuernummer, steuer nr, siret, siren, rcs, nif",
    "cif, p.iva, partita iva",
    "codice fiscale, kvk, btw nr, btw nummer, abn, acn, ein, tax id, sst no, sst id, sst reg, service tax",
    "ssm, llp, no pendaftaran, brn, tva intra, hrb, cif/nif",
)
CONTACT = Vocabulary("www, http, email, e-mail, .com, website, facebook, instagram, mail")
MENDABLE = (
    "total", "subtotal", "rounding", "rounded", "change", "amount", "discount", "quantity", "description", "invoice",
    "inclusive", "excluding", "summe", "betrag", "gesamt", "menge", "rechnung", "datum", "montant", "facture",
    "importe", "fecha", "totale", "importo", "fattura", "totaal", "bedrag", "jumlah",
)  # fmt: skip
"""Words on which everything hangs, folded."""


def mended(text: str) -> str:
    """`text`, folded, with the most important words set right where one letter of them was misread."""
    return re.sub(r"[a-z0-9]{5,}", _mend, fold(text))


@lru_cache(maxsize=8192)
def _right(word: str) -> str:
    if word in MENDABLE:
        return word
    for known in MENDABLE:
        # A letter more or less makes another word of a short one: “summer” is no sum.
        if known[:1] == word[:1] and (len(known) == len(word) or len(word) > 7) and near(known, word):
            return known
    return word


def _mend(match: re.Match[str]) -> str:
    return _right(match[0])


def role_of(label: str) -> tuple[Role, float] | None:
    """What the amount beside `label` is, and how firmly that is said, 0 to 1. None where the label tells nothing."""
    text = mended(label)
    if len(squash(text)) < 2 or len(text) > 90:
        return None
    if CHANGE.in_(text) and not NOT_CHANGE.in_(text):
        return "change", 1.0
    if CARRIED.in_(text):
        return "carried", 1.0
    total = TOTAL.in_(text)
    if ROUNDING.in_(text):
        return ("total", 1.0) if total and FIRM_TOTAL.in_(text) and not INCLUDED_ONLY.in_(text) else ("rounding", 1.0)
    if SUBTOTAL.in_(text) or (total and EXCLUDING.in_(text)):
        return "subtotal", 0.3 if "%" in text and total else 1.0
    if COUNT.in_(text) and not FIRM_TOTAL.in_(text):
        return "count", 1.0
    if DISCOUNT.in_(text) and not FIRM_TOTAL.in_(text):
        return "discount", 1.0
    if TAX.in_(text) and not (total and (FIRM_TOTAL.in_(text) or INCLUDING.in_(text))):
        return "tax", 1.0
    if PAID.in_(text) and not (total and FIRM_TOTAL.in_(text)):
        return "paid", 1.0
    if total:
        return "total", _firmness(text)
    return ("charge", 0.8) if CHARGE.in_(text) else None


def _firmness(text: str) -> float:
    if FIRM_TOTAL.in_(text):
        return 1.0
    if "%" in text and not INCLUDING.in_(text):
        return 0.3  # of what is taxed at that rate
    return 0.8 if _PLAIN_TOTAL.in_(text) else 0.45


INCLUDED_ONLY = Vocabulary("included in total, included in, thereof, davon, dont")
_PLAIN_TOTAL = Vocabulary("total, totale, totaal, totals, gesamt, summe, jumlah, ttl, tl, tot")


def any_of(text: str, vocabularies: Iterable[Vocabulary]) -> bool:
    return any(vocabulary.in_(text) for vocabulary in vocabularies)
