"""An invented form of 60 items in two languages, for tests: a neutral survey on life online, with every kind of item and of protection.

It is made by a program, the same every time, and asks nothing that a published instrument asks in its words.
"""

from __future__ import annotations

import evidencekit as ek
from evidencekit.instrument import Group

ENGLISH, FRENCH = "English (en)", "French (fr)"
DONT_KNOW, REFUSED = ek.Missing.DONT_KNOW, ek.Missing.REFUSED
NUMBERS = {98: DONT_KNOW, 99: REFUSED}


def both(english: str, french: str) -> dict[str, str]:
    """A text in the two languages."""
    return {ENGLISH: english, FRENCH: french}


LEFT = {98: both("I do not know", "Je ne sais pas"), 99: both("I prefer not to say", "Je préfère ne pas répondre")}
YES_NO = ek.Choices("yes_no", {1: both("Yes", "Oui"), 0: both("No", "Non"), **LEFT}, missing=NUMBERS)
AGREED = ek.Choices("agreed", {1: both("Yes", "Oui"), 0: both("No", "Non")})
SEX = ek.Choices("sex", {1: both("Girl", "Fille"), 2: both("Boy", "Garçon"), **LEFT}, missing=NUMBERS)
AREA = ek.Choices("area", {k: both(f"Area {k}", f"Zone {k}") for k in range(1, 5)})
OFTEN = ek.Choices(
    "often",
    {1: both("Never", "Jamais"), 2: both("Once or twice", "Une ou deux fois"), 3: both("More often", "Plus souvent"), **LEFT},
    missing=NUMBERS,
)
PLACES = ek.Choices(
    "places",
    [
        ek.instrument.Option("home", both("At home", "À la maison")),
        ek.instrument.Option("school", both("At school", "À l'école")),
        ek.instrument.Option("elsewhere", both("Elsewhere", "Ailleurs")),
        ek.instrument.Option("none", both("In none of these places", "Dans aucun de ces lieux"), exclusive=True),
        ek.instrument.Option("dk", both("I do not know", "Je ne sais pas"), DONT_KNOW),
        ek.instrument.Option("ref", both("I prefer not to say", "Je préfère ne pas répondre"), REFUSED),
    ],
)
PEOPLE = ek.Choices(
    "people",
    {1: both("Family", "Famille"), 2: both("A friend", "Un ami"), 3: both("A service", "Un service"), **LEFT},
    missing=NUMBERS,
)
USES = ek.Choices("uses", {1: both("Learning", "Apprendre"), 2: both("Playing", "Jouer"), 3: both("Talking", "Parler")})


def sixty() -> ek.Instrument:
    """The form: 60 items in seven groups, one of them repeated; the lint finds nothing in it."""
    consented = "${consent} = 1"
    return ek.Instrument(
        "life_online",
        [
            *(ek.Item(name, "metadata") for name in ("start", "end", "today")),
            *_opening(),
            Group("background", _background(), both("About you", "À propos de vous"), consented),
            Group("online", _online(), both("Life online", "La vie en ligne"), consented, other={"appearance": "field-list"}),
            Group("skills", _skills(), both("What you can do", "Ce que vous savez faire"), consented),
            Group("experiences", _experiences(), both("What happened", "Ce qui est arrivé"), f"{consented} and ${{alone}} = 1"),
            Group("devices", _devices(), both("Devices", "Appareils"), consented, repeat=True, count="${device_count}"),
            Group("closing", _closing(), both("The end", "La fin"), consented),
        ],
        title="Life online: an invented survey",
        version="3",
        languages=(ENGLISH, FRENCH),
    )


def _opening() -> list[ek.Item]:
    return [
        ek.Item("interviewer", "integer", both("Code of the interviewer", "Code de l'enquêteur"), constraint=". > 0 and . < 1000",
                required=True, role="design", other={f"constraint_message::{ENGLISH}": "A code from 1 to 999",
                                                     f"constraint_message::{FRENCH}": "Un code de 1 à 999"}),
        ek.Item("area", "select_one", both("Area", "Zone"), AREA, required=True, role="design"),
        ek.Item("alone", "select_one", both("Can nobody else hear us?", "Personne d'autre ne peut-il nous entendre ?"), AGREED,
                required=True, role="privacy"),
        ek.Item("welcome", "note", both("We ask about life online. You may stop at any time.",
                                        "Nous parlons de la vie en ligne. Vous pouvez arrêter à tout moment.")),
        ek.Item("consent", "select_one", both("Do you agree to take part?", "Acceptez-vous de participer ?"), AGREED, required=True,
                role="consent"),
    ]  # fmt: skip


def _background() -> list[ek.Item]:
    return [
        ek.Item("age", "integer", both("How old are you?", "Quel âge avez-vous ?"), constraint=". >= 12 and . <= 17", required=True,
                missing=NUMBERS, role="quasi-identifier", purpose="all indicators"),
        ek.Item("sex", "select_one", both("Are you a girl or a boy?", "Êtes-vous une fille ou un garçon ?"), SEX, required=True,
                role="quasi-identifier", purpose="all indicators"),
        ek.Item("in_school", "select_one", both("Do you go to school?", "Allez-vous à l'école ?"), YES_NO, purpose="background"),
        ek.Item("grade", "integer", both("In which grade?", "En quelle classe ?"), relevant="${in_school} = 1",
                constraint=". >= 1 and . <= 12", missing=NUMBERS, purpose="background"),
        ek.Item("household_size", "integer", both("How many people live with you?", "Combien de personnes vivent avec vous ?"),
                constraint=". >= 0 and . <= 40", missing=NUMBERS, purpose="weights"),
        ek.Item("rules", "select_one", both("Are there rules on phones at school?", "Y a-t-il des règles sur le téléphone à l'école ?"),
                YES_NO, relevant="${in_school} = 1", purpose="background"),
        ek.Item("older", "calculate", calculation="if(${age} >= 15 and ${age} <= 17, 1, 0)"),
    ]  # fmt: skip


def _online() -> list[ek.Item]:
    uses = "${uses_internet} = 1"
    return [
        ek.Item("uses_internet", "select_one", both("Did you use the internet in the past year?",
                                                    "Avez-vous utilisé internet l'an dernier ?"), YES_NO, required=True,
                purpose="universe", other={f"hint::{ENGLISH}": "On any device", f"hint::{FRENCH}": "Sur tout appareil"}),
        ek.Item("first_age", "integer", both("At what age did you first use it?", "À quel âge pour la première fois ?"), relevant=uses,
                constraint=". >= 3 and . <= ${age}", missing=NUMBERS, purpose="background"),
        ek.Item("days", "integer", both("On how many days a week?", "Combien de jours par semaine ?"), relevant=uses,
                constraint=". >= 0 and . <= 7", missing=NUMBERS, purpose="background"),
        ek.Item("hours", "decimal", both("For how many hours a day?", "Combien d'heures par jour ?"),
                relevant=f"{uses} and ${{days}} > 0 and ${{days}} <= 7",
                constraint=". >= 0 and . <= 24", missing={-98: DONT_KNOW, -99: REFUSED}, purpose="background"),
        ek.Item("places", "select_multiple", both("Where do you use it?", "Où l'utilisez-vous ?"), PLACES, relevant=uses,
                constraint="count-selected(.) <= 3 and (not(selected(., 'none')) or count-selected(.) = 1)", purpose="background"),
        ek.Item("where_else", "text", both("Where else?", "Où encore ?"), relevant="selected(${places}, 'elsewhere')", role="free-text",
                purpose="coding"),
        ek.Item("order_of_uses", "rank", both("What do you use it for most?", "À quoi vous sert-il le plus ?"), USES, relevant=uses,
                purpose="background"),
        ek.Item("last_day", "date", both("On which day did you last use it?", "Quel jour l'avez-vous utilisé en dernier ?"),
                relevant=uses, constraint=". <= today()", purpose="recall"),
        ek.Item("usual_time", "time", both("At what time, usually?", "À quelle heure, d'habitude ?"), relevant=uses, purpose="background"),
        ek.Item("talk", "select_one", both("Do you talk about it at home?", "En parlez-vous à la maison ?"), OFTEN, relevant=uses,
                purpose="background", other={"appearance": "minimal"}),
        ek.Item("device_count", "integer", both("How many devices do you use?", "Combien d'appareils utilisez-vous ?"), relevant=uses,
                constraint=". >= 0 and . <= 5", purpose="access"),
    ]  # fmt: skip


def _skills() -> list[ek.Item]:
    can = (
        ("block someone", "bloquer quelqu'un"), ("report a message", "signaler un message"), ("change a setting", "changer un réglage"),
        ("keep a profile private", "garder un profil privé"), ("leave a group", "quitter un groupe"), ("find help", "trouver de l'aide"),
        ("check who wrote", "vérifier qui a écrit"), ("save a message", "garder un message"), ("use a search", "faire une recherche"),
        ("close an account", "fermer un compte"),
    )  # fmt: skip
    made = [
        ek.Item(f"can_{k}", "select_one", both(f"Do you know how to {english}?", f"Savez-vous {french} ?"), YES_NO, purpose="skills",
                relevant="${uses_internet} = 1")
        for k, (english, french) in enumerate(can, 1)
    ]  # fmt: skip
    total = " + ".join(f"number(${{can_{k}}} = 1)" for k in range(1, len(can) + 1))
    return [*made, ek.Item("skills_score", "calculate", calculation=total)]


def _experiences() -> list[ek.Item]:
    said = (
        ("a message that you did not want", "un message que vous ne vouliez pas"), ("a question that you did not like",
         "une question qui vous a déplu"), ("a demand to keep a secret", "une demande de garder un secret"),
        ("a contact by someone you did not know", "un contact avec une personne inconnue"),
        ("an offer that seemed wrong", "une offre qui semblait anormale"), ("pressure to answer", "une pression pour répondre"),
    )  # fmt: skip
    made = [
        ek.Item(f"had_{k}", "select_one", both(f"In the past year, was there {english}?", f"L'an dernier, y a-t-il eu {french} ?"), OFTEN,
                required=True, role="sensitive", purpose=f"indicator {k}")
        for k, (english, french) in enumerate(said, 1)
    ]  # fmt: skip
    any_of_them = " or ".join(f"${{had_{k}}} = 2 or ${{had_{k}}} = 3" for k in range(1, len(said) + 1))
    return [
        *made,
        ek.Item("had_any", "calculate", calculation=f"if({any_of_them}, 1, 0)"),
        ek.Item("told", "select_one", both("Did you tell anyone?", "En avez-vous parlé ?"), YES_NO, relevant="${had_any} = 1",
                role="sensitive", purpose="help-seeking"),
        ek.Item("told_whom", "select_multiple", both("Whom did you tell?", "À qui ?"), PEOPLE, relevant="${told} = 1", role="sensitive",
                purpose="help-seeking"),
        ek.Item("why_not", "text", both("What kept you from telling?", "Qu'est-ce qui vous en a empêché ?"), relevant="${told} = 0",
                role="free-text", purpose="help-seeking", other={"parameters": "rows=3"}),
        ek.Item("impact", "select_one", both("How often do you think of it?", "Y pensez-vous souvent ?"), OFTEN,
                relevant="${had_any} = 1", role="sensitive", purpose="impact"),
    ]  # fmt: skip


def _devices() -> list[ek.Item]:
    kinds = ek.Choices("device", {1: both("A phone", "Un téléphone"), 2: both("A computer", "Un ordinateur"), **LEFT}, missing=NUMBERS)
    return [
        ek.Item("device_kind", "select_one", both("What kind is it?", "De quel type est-il ?"), kinds, purpose="access"),
        ek.Item("device_shared", "select_one", both("Do others use it?", "D'autres l'utilisent-ils ?"), YES_NO, purpose="access",
                relevant="${device_kind} = 1 or ${device_kind} = 2"),
        ek.Item("device_years", "integer", both("How many years old is it?", "Quel est son âge ?"), constraint=". >= 0 and . <= 30",
                missing=NUMBERS, purpose="access"),
    ]  # fmt: skip


def _closing() -> list[ek.Item]:
    return [
        ek.Item("knows_service", "select_one", both("Do you know a service that helps?", "Connaissez-vous un service d'aide ?"), YES_NO,
                purpose="help-seeking"),
        ek.Item("comments", "text", both("Is there anything else to say?", "Voulez-vous ajouter quelque chose ?"), role="free-text",
                purpose="coding"),
        ek.Item("distress", "select_one", both("Did the respondent seem upset?", "La personne semblait-elle bouleversée ?"), AGREED,
                required=True, role="distress"),
        ek.Item("paused", "select_one", both("Was the interview paused?", "L'entretien a-t-il été suspendu ?"), AGREED,
                relevant="${distress} = 1", purpose="fieldwork"),
        ek.Item("referral", "select_one", both("Would you like to talk to a service?", "Voulez-vous parler à un service ?"), YES_NO,
                required=True, role="referral"),
        ek.Item("services", "note", both("Here is a list of services.", "Voici une liste de services."), relevant="${referral} = 1"),
        ek.Item("given", "acknowledge", both("The list was given", "La liste a été remise"), purpose="fieldwork"),
        ek.Item("finished_at", "datetime", both("When did it end?", "Quand était-ce fini ?"), role="design"),
        ek.Item("thanks", "note", both("Thank you.", "Merci.")),
    ]  # fmt: skip
