"""The newsroom's lexicon: more words than `histories_words.py` has, so that prose is as varied as news is.

A list is in the order of frequency, the commonest first, after the words of the grammar's own list.
"""

from __future__ import annotations

NOUNS = """
time way day man thing world life part child eye woman place work week point number money fact month lot
right book job word business issue side kind head service friend father hour game line end member car
community name team minute idea body information back face others level office door health person art war
history result change morning reason research girl guy moment air teacher force education foot boy age
policy music season voice rule road form food land industry success death skill ground figure effect
series film ball project action matter seat interest sense view blood table star trade energy role position
order growth quality situation field benefit relationship record approach audience source
culture scene opinion experience science weather region speech network memory defence access capital
response choice option property event owner impact supply demand evidence signal target
pattern challenge stage threat sector strategy surface survey measure session subject movement campaign
concern battle brother career contract cost crowd damage danger dream driver duty engine error exchange
expert failure fear feature festival finance flight focus freedom fuel future garden gas glass goal gold
guest guide habit heart heat holiday hotel image income injury insurance iron judgment key kitchen
knowledge labour lake language leadership lesson letter library licence link list loan machine magazine
mail majority mark mass master match meal meeting message metal method mind mistake mission mixture model
mood mountain mouth museum neighbour noise note object ocean oil operation opportunity organisation
outcome output package page pain panel paper parent park partner passage patient pause payment peace
pension performance period permission phase phone photograph picture piece pilot pipe plane planet player
pleasure poem pool population possibility post potential poverty practice presence pressure principle
prize problem procedure process product profession programme promise proof proposal protection province
purchase purpose quarter race radio rail rain range ranking reaction recession reform refusal
registration relief religion rent repair request rescue reserve residence resolution resource restaurant
revenue revolution reward ridge rise risk ritual rocket roof root round route row rumour safety salary
sample satellite scale scandal schedule scheme screen search secret secretary security selection senate
shadow shift shock shore shortage shoulder sign silence site size sky slope smoke snow soil solution song
sound space spending spirit sport spring staff stake standard statue status steel step stock stone store
stream street strength stress structure studio style subsidy suburb sugar summit surplus surgery surprise
suspect symbol system tail talent tank tariff task taste telescope temperature temple tension term territory
terminal test text theatre theme theory throat ticket tide timber tissue title tobacco tone tool topic total
tour tourism tower town track tradition traffic transfer transition transport trap travel treasure treatment
tree trend tribunal trip trouble trust truth tube turn type uncertainty unit universe upgrade
uprising use user vacancy valley value van variety vehicle venture verdict version veto victim victory video
violence vision visit volcano volume volunteer wage waste watchdog wave wealth web wedding
weekend weight welfare wheel wildfire wildlife wind window wine winner winter wire wood worker
workshop worry wound yard yield youth zone
"""

VERBS = """
accept achieve acquire add address adjust adopt advance affect aid alert allege allocate allow alter amend
announce appeal appear appoint arrange arrest ask assess assist assume assure attach attend attract auction
authorise avoid award ban bar block boost borrow bypass calculate capture challenge charge chase check claim
clear collect combine comment compare compel compensate complete concede conduct confine confront consider
consult contact contain contest continue convert convict convince correct cover crush damage debate declare
decline defeat deliver demand deploy describe deserve design destroy detain detect develop disclose discover
dismiss display dispute disrupt distribute divert donate double drain earn ease elect employ enable endorse
enforce engage enhance enter equip escape establish estimate evacuate examine exclude execute exempt expand
expect expel explain explore export expose express face favour finance fine finish fire flood follow force
freeze fund govern grant guarantee guard guide handle harm head help highlight hire honour host identify
ignore impose improve include increase inform injure insist install insure interview introduce invade
invest investigate invite involve isolate issue jail join justify kick kidnap label lack land launch
lease lift limit link list load lobby locate lock loot maintain manage mark market match measure mention
merge miss monitor mourn move murder name negotiate neglect nominate note obtain occupy offer operate
organise oust overturn own oversee patrol permit persuade place plan pledge plunder point postpone praise
predict prepare present preserve press prevent privatise probe process produce prohibit promise promote
propose prosecute protest prove provide publish pull punish purchase pursue push question race reach reassure
rebuff recall receive recognise recommend record recruit reduce refer reform regain register regulate reject
release relieve remain remember remove rename renew repair repeal repeat report represent request require
rescue resist resolve restore restrict resume retain retire reveal reverse revise revive reward rule sack
satisfy scale scrap screen search seek seize select separate serve settle share shape shelter shift shut
slash smuggle spark sponsor stabilise stage start steer store stress strip struggle submit succeed sue
suggest supply support suspect tackle target threaten topple total touch track trade train transfer transform
translate transport trap treat trigger trim uncover unveil update uphold use vaccinate value veto visit
volunteer warn waste weaken weigh welcome withdraw witness wound
"""

ADJECTIVES = """
good great little old big high different right young important few bad same able human certain sure low
social late hard real best better white black whole free clear full special easy available
likely single personal red similar medical current wrong private past fine common poor
natural significant dead hot happy simple green total independent annual rural urban central federal global
modern popular traditional cultural direct critical initial broad basic blue physical nuclear religious
digital commercial industrial agricultural environmental technical professional academic ethnic domestic
internal external joint mutual rapid steady sharp slight sudden gradual massive vast narrow wide deep shallow
bitter mild severe acute chronic fatal deadly violent peaceful quiet loud bright dark dry wet cold warm cool
fresh raw rare frequent regular occasional daily weekly monthly ancient medieval elderly junior chief deputy
acting interim permanent stable fragile weak robust rich wealthy cheap expensive affordable valuable precious
worthless useful useless effective efficient inadequate sufficient scarce abundant extra additional separate
unanimous controversial disputed alleged suspected convicted guilty innocent accused injured
wounded missing stranded displaced homeless jobless unemployed skilled unskilled experienced veteran
prominent famous unknown mysterious secret hidden obvious apparent evident unclear uncertain confident
optimistic cautious sceptical angry furious worried concerned pleased proud grateful reluctant willing
eager keen ready unable responsible reliable credible honest corrupt fair unfair equal unequal democratic
authoritarian liberal conservative radical moderate extreme neutral hostile friendly allied rival opposing
coastal inland mountainous tropical arctic offshore underground overseas cross-border bilateral unprecedented
historic landmark routine ordinary exceptional remarkable modest ambitious lucrative bankrupt
"""

ADVERBS = """
also now then still again already soon later earlier together apparently reportedly largely mainly partly
nearly almost roughly quickly slowly suddenly gradually sharply slightly widely repeatedly recently finally
initially formally officially publicly privately secretly openly briefly temporarily permanently directly
immediately eventually meanwhile however instead otherwise nevertheless effectively unanimously narrowly
heavily badly seriously severely safely illegally unexpectedly overnight abroad elsewhere locally nationwide
"""

FIRST_NAMES = """
Maria John Anna David Sara Michael Elena Peter Fatima Ahmed Laura Daniel Ingrid Carlos Mei James Aisha Robert
Olga Thomas Priya Paul Yuki Mark Leila Martin Sofia Andrew Amina Hans Julia Simon Nadia Erik Clara Stephen
Rosa George Hana Omar Emma Viktor Chiara Ivan Grace Hassan Helen Diego Marta Kwame Alice Ravi Nina Luis Zoe
Pavel Ruth Jorge Irina Samuel Tara Igor Eva Musa Lucy Felix Dina Oscar Vera Tariq Joan Marco Petra Amir
"""

SYLLABLES = """
an ar bel ber bor bra cal car cor da del den dor el en fal fen gar ger gra hal ham har hol is kan kar kel
ker la lan lar lem lin lor mar men mer mon mor na nor os par pel per ra ran rem ri ros sa san sel sen sha
sor stan ta tan tar tor tri u val van ver vi vor wen wil ya yan zar zel
"""

ENDINGS = (
    "ad al am an by dal den er es ev field ford ham i ik in ino is ley man mond o ou ov son stad ton und"
)

DESKS = "politics world business sport culture science courts weather health transport"

FOOTERS = (
    "Kestrel is the trading name of the Kestrel News Agency, a cooperative of 41 newspapers.",
    "(This story was updated with figures and comment.)",
    "(This version corrects a figure in the second paragraph.)",
    "Our standards: The Kestrel Principles of Trust.",
    "For more coverage, follow the live page of the Kestrel desk.",
    "Copyright Kestrel Wire. This material may not be published, broadcast, rewritten or redistributed.",
    "The amounts have been converted at the rate of the day and rounded.",
    "A list of those who have signed is kept at the ministry and on its pages.",
)
"""Lines that end many stories, word for word."""
