"""A survey module on what children aged 12 to 17 experience online, in English and French.

A trained interviewer asks, alone with the child, on a tablet. The wording is this library's own, professional and without graphic detail.
Items have the names that the catalogue's indicators use, so that ``ek.prevalence(survey, ek.indicator("V14"))`` needs no mapping: V01 to
V14 with V03a, V04a, V07a and V11a; H01 to H04, H06, H07; C01, C02, C04; Q02. For H05 and C03 say which answer is meant:
``items={"barrier": ek.instrument.Coded("barriers", yes="ashamed", no=("blamed", ...), several=True)}``.

Before it is used:

- Say where children get help: ``online_experiences({"English (en)": "...", "Français (fr)": "..."})``. Until then the lint has one
  finding, the warning ``placeholder (help_resources)``. It is meant to be there, and it is the only one.
- Let an ethics board and a child protection service look at it; they also decide what an interviewer has to report, which children are
  told before they agree. Have it translated back, and try the questions with children of each age.
- Harm in person (V17) and caregivers (H08) are not asked about: a survey asks what it needs and no more.

Every question to a child can be answered "I do not know" or "I prefer not to say". A no to the consent, the assent, privacy or going on
closes what follows and is counted as no answer to it. Help is offered at the end to all, also to those who do not take part.
"""

from __future__ import annotations

from collections.abc import Mapping

import evidencekit as ek
from evidencekit.instrument import Choices, Group, Instrument, Item
from evidencekit.instrument.items import Role

ENGLISH, FRENCH = "English (en)", "Français (fr)"
DONT_KNOW, REFUSED = ek.Missing.DONT_KNOW, ek.Missing.REFUSED


def say(english: str, french: str) -> dict[str, str]:
    """A text in both languages."""
    return {ENGLISH: english, FRENCH: french}


PLACEHOLDER = say(
    "[REPLACE: where children get help here: a helpline, a local service, a website, with hours and costs]",
    "[REMPLACER : où les enfants trouvent de l'aide ici : une ligne d'écoute, un service local, un site, avec horaires et tarifs]",
)


# --- lists ------------------------------------------------------------------------------------------------------------------------
def answers(name: str, options: Mapping[str, Mapping[str, str]]) -> Choices:
    """A list of answers that ends in two ways out."""
    ways_out = {"98": say("I do not know", "Je ne sais pas"), "99": say("I prefer not to say", "Je préfère ne pas répondre")}
    return Choices(name, {**options, **ways_out}, missing={"98": DONT_KNOW, "99": REFUSED})


YES_OR_NO = {"1": say("Yes", "Oui"), "0": say("No", "Non")}
YES_NO = answers("yes_no", YES_OR_NO)
AGREED = Choices("agreed", YES_OR_NO)  # consent, and what the interviewer sees: no third answer is needed
SEX = answers("sex", {"girl": say("Girl", "Fille"), "boy": say("Boy", "Garçon"), "another": say("Another answer", "Autre réponse")})
FEELING = answers(
    "feeling",
    {"well": say("Well", "Bien"), "uneasy": say("A little uneasy", "Un peu mal à l'aise"), "upset": say("Upset", "Très mal à l'aise")},
)
PLATFORMS = answers(
    "platforms",
    {
        "social": say("Social media", "Réseaux sociaux"),
        "messages": say("Messages or calls", "Messages ou appels"),
        "games": say("Games", "Jeux"),
        "live": say("Live video", "Vidéo en direct"),
        "other": say("Somewhere else online", "Ailleurs en ligne"),
    },
)
BARRIERS = answers(
    "barriers",
    {
        "ashamed": say("I felt ashamed or embarrassed", "J'avais honte ou j'étais mal à l'aise"),
        "blamed": say("I thought I would be blamed", "Je pensais qu'on me le reprocherait"),
        "family": say("I was afraid of trouble in the family", "Je craignais des ennuis en famille"),
        "police": say("I was afraid of trouble with the police", "Je craignais des ennuis avec la police"),
        "minor": say("I did not think it was serious", "Je ne pensais pas que c'était grave"),
        "where": say("I did not know where to go", "Je ne savais pas où aller"),
        "other": say("Another reason", "Une autre raison"),
    },
)


# --- kinds of questions -----------------------------------------------------------------------------------------------------------
def yes(*names: str) -> str:
    """The expression for a yes to any of some questions."""
    return " or ".join(f"${{{name}}} = 1" for name in names)


def note(name: str, english: str, french: str) -> Item:
    """A text that is read out."""
    return Item(name, "note", say(english, french))


def agreed(name: str, role: Role, english: str, french: str, *, after: str = "") -> Item:
    """Consent, or what the interviewer sees: yes or no."""
    return Item(name, "select_one", say(english, french), AGREED, relevant=after, required=True, role=role)


def chosen(
    name: str, purpose: str, listed: Choices, english: str, french: str, *, several: bool = False, after: str = "", role: Role | None = None
) -> Item:
    """A choice among answers and ways out; required, so that nothing is left open by mistake."""
    kind = "select_multiple" if several else "select_one"
    return Item(name, kind, say(english, french), listed, relevant=after, required=True, role=role, purpose=purpose)


def asked(name: str, purpose: str, english: str, french: str, *, after: str = "", role: Role | None = "sensitive") -> Item:
    """A question for yes or no."""
    return chosen(name, purpose, YES_NO, english, french, after=after, role=role)


def lately(name: str, purpose: str, english: str, french: str, *, after: str = "") -> Item:
    """The same about the past 12 months."""
    return asked(name, purpose, f"In the past 12 months, {english}", f"Au cours des 12 derniers mois, {french}", after=after)


def number(name: str, limits: str, purpose: str, english: str, french: str, *, after: str = "", role: Role | None = None) -> Item:
    """A whole number within limits, or one of the ways out."""
    hints = say("98: I do not know. 99: I prefer not to say.", "98 : je ne sais pas. 99 : je préfère ne pas répondre.")
    return Item(
        name,
        "integer",
        say(english, french),
        relevant=after,
        constraint=limits,
        required=True,
        missing={98: DONT_KNOW, 99: REFUSED},
        role=role,
        purpose=purpose,
        other={f"hint::{language}": text for language, text in hints.items()},
    )


def code(name: str, letter: str, english: str, french: str) -> Item:
    """A code of the fieldwork: a letter and two digits."""
    return Item(name, "text", say(english, french), constraint=f"regex(., '^{letter}[0-9]{{2}}$')", required=True, role="design")


# --- the questions, in their order ------------------------------------------------------------------------------------------------
# fmt: off
OPENING = (
    Item("start", "metadata"),
    Item("end", "metadata"),
    code("interviewer", "I", "Code of the interviewer", "Code de l'enquêteur"),
    code("area", "A", "Code of the area", "Code de la zone"),
    note("introduction",
         "We would like to learn how children use the internet and what happens to them there. Some questions are about unwanted "
         "sexual messages, images and requests. Taking part is voluntary. Any question can be left out, and you can stop at any time.",
         "Nous voudrions savoir comment les enfants utilisent internet et ce qui leur y arrive. Certaines questions portent sur des "
         "messages, des images et des demandes à caractère sexuel non désirés. La participation est volontaire. Tu peux ne pas répondre "
         "à une question et arrêter à tout moment."),
    agreed("consent", "consent", "To the caregiver: may we ask the child to take part?",
           "Au parent ou tuteur : pouvons-nous demander à l'enfant de participer ?"),
    agreed("assent", "consent", "To the child: would you like to take part?", "À l'enfant : veux-tu participer ?", after=yes("consent")),
)

ABOUT_THE_CHILD = (
    number("age", ". >= 12 and . <= 17", "ages of all indicators", "How old are you?", "Quel âge as-tu ?", role="quasi-identifier"),
    chosen("sex", "breakdown by sex", SEX, "Are you a girl or a boy?", "Es-tu une fille ou un garçon ?",
           role="quasi-identifier"),
    asked("internet_user", "who is counted in V01 to V14", "Have you used the internet in the past three months?",
          "As-tu utilisé internet au cours des trois derniers mois ?", role=None),
    number("online_days", ". >= 0 and . <= 7", "breakdown by use", "On how many of the past seven days did you use the internet?",
           "Combien de jours as-tu utilisé internet au cours des sept derniers jours ?", after=yes("internet_user")),
    asked("knows_service", "H06", "Do you know a service or a phone number near you where children get help?",
          "Connais-tu près de chez toi un service ou un numéro de téléphone où les enfants trouvent de l'aide ?", role=None),
    agreed("interviewed_alone", "privacy", "Interviewer: can you be sure that nobody else hears or reads the answers?",
           "Enquêteur : est-il certain que personne d'autre n'entend ni ne lit les réponses ?"),
)

BEFORE_EXPERIENCES = (
    note("content_note",
         "The next questions are about unwanted sexual experiences online. Whatever happened is never the fault of the child. You can "
         "leave out any question and stop at any time.",
         "Les questions suivantes portent sur des expériences à caractère sexuel non désirées en ligne. Quoi qu'il soit arrivé, ce n'est "
         "jamais la faute de l'enfant. Tu peux ne pas répondre à une question et arrêter à tout moment."),
    agreed("goes_on", "consent", "Would you like to go on?", "Veux-tu continuer ?"),
)

EXPERIENCES = (
    lately("unwanted_content", "V01 V14", "have you come across sexual content online when you did not want to?",
           "es-tu tombé(e) en ligne sur des contenus à caractère sexuel sans le vouloir ?"),
    lately("sexual_talk", "V02 V03a V14", "has anyone online talked to you about sex or asked sexual questions when you did not want it?",
           "quelqu'un en ligne t'a-t-il parlé de sexe ou posé des questions à caractère sexuel alors que tu ne le voulais pas ?"),
    lately("image_requested", "V03 V03a V14", "has anyone online asked you for a sexual picture or video when you did not want that?",
           "quelqu'un t'a-t-il demandé en ligne une photo ou une vidéo à caractère sexuel alors que tu ne voulais pas en donner ?"),
    asked("offender_adult", "V03a", "Was anyone who did this 18 or over?",
          "Une des personnes qui ont fait cela avait-elle 18 ans ou plus ?", after=yes("sexual_talk", "image_requested")),
    lately("benefit_offered", "V04 V12 V14", "has anyone offered you money, gifts or anything else online for sexual pictures or acts?",
           "quelqu'un t'a-t-il proposé en ligne de l'argent, des cadeaux ou autre chose pour des images ou des actes à caractère sexuel ?"),
    asked("benefit_coerced", "V04a V12 V13", "Were you made to agree to it by such an offer?",
          "As-tu été amené(e) à accepter par une telle offre ?", after=yes("benefit_offered")),
    asked("benefit_accepted", "V12", "Was anything given or received in exchange?", "Quelque chose a-t-il été donné ou reçu en échange ?",
          after=yes("benefit_offered")),
    lately("image_taken", "V05 V14", "has anyone taken or made a sexual picture or video of you without your permission?",
           "quelqu'un a-t-il pris ou réalisé une photo ou une vidéo à caractère sexuel de toi sans ta permission ?"),
    lately("image_shared", "V06 V13 V14", "has anyone shared a sexual picture or video of you without your permission?",
           "quelqu'un a-t-il partagé une photo ou une vidéo à caractère sexuel de toi sans ta permission ?"),
    lately("threatened", "V07 V13 V14", "has anyone threatened to share sexual pictures or videos of you, or sexual information about you?",
           "quelqu'un t'a-t-il menacé(e) de partager des images à caractère sexuel de toi, ou des informations de ce genre sur toi ?"),
    asked("demanded_money", "V07a", "Did the person who threatened you ask for money?",
          "La personne qui t'a menacé(e) a-t-elle demandé de l'argent ?", after=yes("threatened")),
    lately("livestream_asked", "V08 V14", "has anyone asked or pressed you to take part in a sexual live stream or video call?",
           "quelqu'un t'a-t-il demandé de participer à une vidéo en direct ou un appel vidéo à caractère sexuel, ou a-t-il insisté ?"),
    lately("image_altered", "V09 V14", "has anyone made a false sexual picture or video of you with editing or AI tools?",
           "quelqu'un a-t-il fabriqué une fausse image à caractère sexuel de toi avec des outils de retouche ou d'IA ?"),
    lately("adult_contact", "V10", "have you been in touch online with an adult about more than everyday family or school matters?",
           "as-tu été en contact en ligne avec un(e) adulte pour autre chose que la famille ou l'école au quotidien ?"),
    asked("adult_asked_secrecy", "V10 V14", "Did such an adult ask you to keep the contact secret?",
          "Un tel adulte t'a-t-il demandé de garder ce contact secret ?", after=yes("adult_contact")),
    asked("adult_moved_private", "V10 V14", "Did such an adult move the contact to a more private channel?",
          "Un tel adulte a-t-il déplacé le contact vers un moyen plus privé ?", after=yes("adult_contact")),
    asked("adult_hid_age", "V10 V14", "Did such an adult give a false age or identity?",
          "Un tel adulte a-t-il donné un faux âge ou une fausse identité ?", after=yes("adult_contact")),
    asked("adult_gave_gifts", "V10 V14", "Did such an adult give or promise you gifts?",
          "Un tel adulte t'a-t-il fait ou promis des cadeaux ?", after=yes("adult_contact")),
    asked("adult_sexual_talk", "V10 V14", "Did such an adult turn to sexual topics?",
          "Un tel adulte en est-il venu à des sujets à caractère sexuel ?", after=yes("adult_contact")),
    lately("met_in_person", "V11", "have you met in person someone you first met online?",
           "as-tu rencontré en personne quelqu'un que tu avais d'abord connu en ligne ?"),
    asked("meeting_unwanted_act", "V11a", "Did an unwanted sexual act happen at such a meeting?",
          "Un acte à caractère sexuel non désiré a-t-il eu lieu lors d'une telle rencontre ?", after=yes("met_in_person")),
)

# What V14 counts: whoever has none of it is not asked about a last time.
ADULT_SIGNS = ("adult_asked_secrecy", "adult_moved_private", "adult_hid_age", "adult_gave_gifts", "adult_sexual_talk")
COUNTED = ("unwanted_content", "sexual_talk", "image_requested", "benefit_offered", "image_taken", "image_shared", "threatened",
           "livestream_asked", "image_altered")
TWO_SIGNS = " + ".join(f"if({yes(name)}, 1, 0)" for name in ADULT_SIGNS) + " >= 2"

THE_LAST_TIME = (
    note("reference_event", "Please think of the last time that something like this happened to you.",
         "Pense à la dernière fois que quelque chose de ce genre t'est arrivé."),
    asked("offender_known", "C01", "Did you know the person before, in person?", "Connaissais-tu déjà cette personne en personne ?"),
    asked("offender_under_18", "C02", "Was the person under 18?", "Cette personne avait-elle moins de 18 ans ?"),
    chosen("platforms", "C03", PLATFORMS, "Where were you in contact?", "Où étiez-vous en contact ?", several=True, role="sensitive"),
    asked("many_times", "C04", "Have such things happened more than a few times in the past 12 months?",
          "De telles choses sont-elles arrivées plus de quelques fois au cours des 12 derniers mois ?"),
    asked("told_anyone", "H01", "Have you told anyone about the last time?", "As-tu parlé à quelqu'un de cette dernière fois ?"),
    asked("told_formal", "H02", "Have you told a helpline, the police, a social or health worker, or the school?",
          "En as-tu parlé à une ligne d'écoute, à la police, à un service social ou de santé, ou à l'école ?", after=yes("told_anyone")),
    asked("service_helpful", "H07", "Was that of help?", "Est-ce que cela t'a aidé(e) ?", after=yes("told_formal")),
    chosen("barriers", "H05", BARRIERS, "Why did you not tell anyone?", "Pourquoi n'en as-tu parlé à personne ?",
           several=True, after="${told_anyone} = 0", role="sensitive"),
    asked("used_platform_tool", "H03", "Did you block or report the person or the content?",
          "As-tu bloqué ou signalé la personne ou le contenu ?"),
    asked("contacted_again", "H04", "Did the person contact you again afterwards?", "La personne t'a-t-elle recontacté(e) ensuite ?",
          after=yes("used_platform_tool")),
)

HOW_IT_WAS = chosen("feeling", "distress protocol", FEELING, "How do you feel after these questions?",
                    "Comment te sens-tu après ces questions ?", after=yes("assent"), role="distress")
HELP = chosen("wants_help", "Q03", YES_NO, "Would you like us to put you in touch with someone who can help?",
              "Veux-tu que nous te mettions en contact avec quelqu'un qui peut t'aider ?", role="referral")
# fmt: on


def online_experiences(help_resources: Mapping[str, str] = PLACEHOLDER) -> Instrument:
    """The form, with where children get help in each language."""
    last_time = Group("last_time", THE_LAST_TIME, say("The last time", "La dernière fois"), relevant=yes("any_experience"))
    any_experience = Item("any_experience", "calculate", calculation=f"if({yes(*COUNTED)} or {TWO_SIGNS}, 1, 0)")
    experiences = Group(
        "experiences", (*EXPERIENCES, any_experience, last_time), say("Experiences online", "Expériences en ligne"), relevant=yes("goes_on")
    )
    sensitive = Group(
        "in_private",
        (*BEFORE_EXPERIENCES, experiences),
        say("In private", "En privé"),
        relevant=f"{yes('internet_user')} and {yes('interviewed_alone')}",
    )
    child = Group("child", (*ABOUT_THE_CHILD, sensitive), say("About you", "À propos de toi"), relevant=yes("assent"))
    return Instrument(
        "online_experiences",
        (*OPENING, child, HOW_IT_WAS, HELP, Item("help_resources", "note", help_resources)),
        title="Children's experiences online",
        version="1.0.0",
    )


form = online_experiences()
