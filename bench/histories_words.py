"""Grammars of small news prose in three languages, written for this bench.

A line is `SYMBOL = alternative | alternative …`, the commonest first: the alternative of rank k is chosen
with a weight of 1/k (Zipf). A symbol in an alternative stands for one of its own; NUM for a figure.
"""

ENGLISH = """
S = NP VP TAIL. | NP VP TAIL, NAME said on DAY. | NP VP TAIL. | NP VP. | “NP VP TAIL,” NAME said. |
  NAME said. | NP VP, but NP VP TAIL. | NP, which VP TAIL, VP TAIL. | NAME said on DAY. |
  ROLE said on DAY that NP VP TAIL. | ROLE said NP VP TAIL. | In PLACE, NP VP. |
  At least NUM people VB on DAY, ROLE said. | But NP VP. | ROLE did not comment. | NP VP and NP VP. |
  NUM NS VB TAIL. | NP VP because NP VP. | It was not clear why NP VP. | NP, which VP, VP TAIL. |
  NAME, ROLE, said NP VP. | The N VB. | “It is a A N,” said NAME, ROLE. | No one was hurt. |
  NP VP after NP VP TAIL. | About NUM % of the NS VB. | Last year the figure was NUM. | That VB. |
  NAME VP.
NP = the N | the A N | the N of the N | a N | NUM NS | its N | the NS in PLACE | ROLE | NAME | a A N |
  the N in PLACE | the N and the N | some NS | most of the NS | their N | a N of NS | this N |
  NUM of the NS | every N | no N
VP = VT NP | VB | VT the N TAIL | was A | VT NUM NS | would VI the N | had VB | could not VI the N |
  is to VI NP | VT NP and VT the N | has been A for NUM years | will VI a N | were not A | may VI the NS |
  VT NP to VI the N
TAIL = on DAY | in PLACE | TAIL TAIL | for the N | with the NS | after the N | by the N | at the N |
  to the N | in the N | from PLACE | over the N | as the N VB | before DAY | near PLACE | without a N |
  under a N | during the N | since DAY
N = government | police | court | minister | city | company | state | country | law | party | case |
  group | plan | report | bank | president | bill | budget | union | council | election | leader |
  market | attack | deal | house | school | water | vote | statement | decision | hospital | bridge |
  river | storm | fire | committee | agency | ministry | border | price | tax | road | train | ship |
  harbour | ferry | factory | strike | protest | talks | treaty | army | village | airport | crisis |
  flood | investigation | judge | lawyer | trial | sentence | prison | weapon | vaccine | virus | study |
  team | coast | island | pipeline | mine | farm | harvest | drought | dam | tunnel | power | plant |
  grid | fund | debt | rate | merger | share | profit | loss | review | audit | inquiry | ceasefire |
  envoy | embassy | visa | camp | convoy | curfew
NS = people | officials | workers | residents | members | officers | families | soldiers | voters |
  children | students | patients | years | cases | companies | houses | lawmakers | protesters |
  passengers | witnesses | teachers | doctors | ships | vehicles | homes | schools | jobs | shops |
  farmers | refugees | investors | migrants | crews | flights | arrests
VT = said | made | took | told | saw | found | asked | called | left | held | won | lost | led | passed |
  rejected | approved | opened | closed | reached | signed | blamed | urged | accused | ordered | backed |
  delayed | cut | raised | hit | joined | sent | met | denied | confirmed | warned | cancelled |
  criticised | defended | reviewed | suspended | halted | replaced
VI = make | take | see | find | stop | hold | change | build | pay | open | close | support | leave |
  keep | cut | raise | discuss | review | protect | rebuild | sign | oppose | delay | extend | replace |
  test | inspect | question | accept
VB = died | rose | fell | failed | left | continued | began | resigned | ended | grew | fled | returned |
  voted | waited | collapsed | survived | disappeared | agreed | refused | worked | arrived | gathered |
  dropped | recovered | slowed
A = new | first | last | other | national | public | local | former | major | large | foreign | small |
  early | legal | key | military | political | economic | heavy | open | closed | safe | recent | strong |
  possible | serious | northern | southern | regional | financial | civil | senior | final | difficult |
  empty | temporary | illegal | crowded | unusual | costly
NAME = Anna Lind | Tom Reed | Maria Costa | Reed | Lind | John Okafor | Sara Haddad | Costa |
  Viktor Hale | Okafor | Ines Moreau | Peter Strand | Haddad | Kofi Mensah | Moreau | Lena Vogel |
  Strand | Omar Nasser | Vogel | Mensah
ROLE = the police | officials | a spokesman | the minister | the mayor | a spokeswoman | the company |
  prosecutors | the union | a witness | the prime minister | the bank | the army | a judge | analysts |
  rescuers | the governor
PLACE = the city | Oslo | the capital | Lagos | London | the north | Halvorsund | Geneva | the region |
  Cairo | Lima | the port | Vienna | the valley | Nairobi | Quito | the south | Riga | Porto | Karachi |
  Tromsund | Belmora
DAY = Monday | Tuesday | Wednesday | Thursday | Friday | Saturday | Sunday
"""

ENGLISH_STANDING = (
    "Reporting by Anna Lind in Oslo; editing by Tom Reed",
    "OSLO, March 3 (Kestrel) —",
    "The ministry did not immediately respond to a request for comment.",
    "This is a developing story. Check back for updates.",
    "The council has 24 members, who are elected every 4 years.",
    "Reporting by Maria Costa",
    "Read more: what we know so far",
    "(Kestrel Wire)",
)

ARABIC = """
S = VP NP TAIL. | وقال NAME يوم DAY إن NP VP TAIL TAIL. | VP NP TAIL، لكن NP VP TAIL. | قال NAME. |
  قال NAME إن NP VP. | NP VP TAIL. | وقالت ROLE إن NP VP. | وقال NAME يوم DAY. | VP NP. |
  وأضاف NAME أن NP VP TAIL. | وفي PLACE، VP NP. | ولم يتضح لماذا VP NP. | «NP VP»، قال NAME. |
  VP NUM NS يوم DAY. | لكن NP VP. | رفضت ROLE التعليق. | VP NP بعد أن VP NP. |
  وأكد NAME، وهو من ROLE، أن NP VP. | هل VP NP؟ | ولم يصب أحد. | NP التي VP TAIL VP. |
  وبلغ العدد NUM في العام الماضي. | وذكرت ROLE أن نحو NUM من NS VP.
NP = N | N في PLACE | N A | N NG | ROLE | NUM من NS | N من NS | NAME | بعض NS | كل NS | N على NG | هذا N |
  معظم NS
VP = VT NG | VB | VT N TAIL | كان VT NG | لم VT NG | قد VT N | سوف VT NG | VT NUM من NS | لا VT NS |
  VT NG من أجل NG
TAIL = في PLACE | يوم DAY | من NG | على NG | إلى NG | TAIL TAIL | مع NS | بعد NG | قبل NG | عن NG |
  خلال NG | بين NS | ضد NG | منذ NG | تحت NG | حتى DAY | دون NG | قرب PLACE | بسبب NG
N = الحكومة | الشرطة | المحكمة | الوزير | المدينة | الشركة | الدولة | القانون | الحزب | المجلس | الرئيس |
  الخطة | التقرير | الميزانية | النقابة | الانتخابات | السوق | الاتفاق | المدرسة | المستشفى | الجسر |
  النهر | العاصفة | الحريق | اللجنة | الوكالة | الحدود | الأسعار | الطريق | الميناء | العبارة | المصنع |
  الإضراب | الاحتجاج | المحادثات | الجيش | القرية | المطار | الأزمة | الفيضان | التحقيق | القاضي | السجن |
  اللقاح | الدراسة | الساحل | الجزيرة | السد | النفق | الصندوق | الديون | الهدنة | المبعوث | السفارة |
  المخيم | القافلة | حظر التجول | البرلمان | الاقتصاد | الجفاف
NG = القرار | البيان | الحكومة | الشارع | القانون | الحرب | السلام | العمل | المنطقة | البلاد | الهجوم |
  الطاقة | المياه | الضرائب | القطار | السفينة | الأمن | التعليم | الصحة | الحوار | المشروع | الدعم |
  الطعام | الوقود | الكهرباء | العقد | الخسائر | الأرباح | الزراعة | الصيد | السياحة | التجارة |
  المعاهدة | الحكم | الاستئناف | الإغاثة | الوباء
NS = السكان | العمال | المسؤولين | الضباط | الأطفال | الطلاب | المرضى | الجنود | الناخبين | العائلات |
  المحتجين | الركاب | الشهود | الأطباء | المعلمين | المزارعين | اللاجئين | المستثمرين | الصحفيين |
  النواب | المهاجرين
VT = أعلنت | رفضت | أقرت | أغلقت | فتحت | وقعت | أكدت | طلبت | أيدت | أجلت | خفضت | رفعت | ضربت | بحثت |
  نفت | دعت إلى | اتهمت | علقت | واصلت | ألغت | انتقدت | شهدت | قررت | بدأت | دمرت | تابعت | ناقشت
VB = انتهت | ارتفعت | تراجعت | استمرت | فشلت | بدأت | عادت | انهارت | توقفت | وصلت | تجمعت | تعافت |
  هربت | تأخرت | نجحت
A = الجديدة | الأولى | الأخيرة | الوطنية | العامة | المحلية | السابقة | الكبيرة | الأجنبية | العسكرية |
  السياسية | الاقتصادية | الشمالية | الجنوبية | المالية | المدنية | النهائية | الصعبة | المؤقتة | المقبلة
NAME = سارة حداد | عمر ناصر | ليلى منصور | حداد | ناصر | يوسف قاسم | منصور | هدى سالم | قاسم |
  كريم زيدان | سالم | زيدان
ROLE = الشرطة | الوزارة | وكالة الأنباء | الشركة | النيابة | النقابة | البلدية | قيادة الجيش |
  منظمة الإغاثة
PLACE = العاصمة | القاهرة | المدينة | الشمال | بيروت | عمان | الجنوب | تونس | الرباط | المنطقة | بغداد |
  مسقط | الميناء
DAY = الاثنين | الثلاثاء | الأربعاء | الخميس | الجمعة | السبت | الأحد
"""

ARABIC_STANDING = (
    "إعداد سارة حداد وتحرير عمر ناصر",
    "القاهرة، ٣ مارس (كستريل) —",
    "ولم ترد الوزارة على الفور على طلب للتعليق.",
    "التفاصيل لاحقا.",
    "ويتألف المجلس من ٢٤ عضوا ينتخبون كل ٤ سنوات.",
    "(كستريل)",
)

CHINESE = """
S = NPTAILVP。 | NPVP，NPTAILVP。 | NPVP。 | NAME于DAY说，NPTAILVP，但NPVP。 | NAME说，NPVP。 |
  ROLE表示，NPVP。 | NAME说。 | DAY，NPVP。 | NPTAILVP。 | “NPVP，”NAME说。 | 在PLACE，NPVP。 |
  ROLE没有回应。 | 据ROLE介绍，NPTAILVP。 | 但NPVP。 | NUM名NSVB。 | NPVP，NPVP。 | 由于NPVP，NPVP。 |
  目前还不清楚NP为何VB。 | NPVP吗？ | 去年这一数字为NUM。 | 没有人受伤。 | NAMEDAY说，NPVP。 |
  约NUM%的NSVB。 | NPTAILVP，ROLE说。
NP = N | A的N | PLACE的N | N和N | ROLE | 这一N | NUM名NS | NAME | N的N | NS | 一些NS | 该N | 大多数NS |
  其N | 所有NS
VP = VTN | VB | VT了N | 将VTA的N | 已经VB | 不会VTN | VT了NUM名NS | 可能VTN | 是A的 | 正在VTN |
  要VTN并VTN | 被NVT | 没有VTN
TAIL = 在PLACE | 于DAY | 对N | 因N | 为了N | 从PLACE | 在N之后 | 与NS一起 | 通过N | 在N期间 | 向NS | 按照N
N = 政府 | 警方 | 法院 | 部长 | 城市 | 公司 | 国家 | 法律 | 计划 | 报告 | 银行 | 总统 | 预算 | 工会 |
  议会 | 选举 | 市场 | 袭击 | 协议 | 学校 | 医院 | 大桥 | 河流 | 风暴 | 火灾 | 委员会 | 边境 | 价格 |
  税收 | 道路 | 列车 | 船只 | 港口 | 渡轮 | 工厂 | 罢工 | 抗议 | 谈判 | 条约 | 军队 | 村庄 | 机场 | 危机 |
  洪水 | 调查 | 法官 | 律师 | 监狱 | 疫苗 | 病毒 | 研究 | 海岸 | 岛屿 | 管道 | 煤矿 | 农场 | 旱情 | 水坝 |
  隧道 | 电网 | 基金 | 债务 | 利率 | 股票 | 利润 | 停火 | 特使 | 大使馆 | 营地 | 车队 | 宵禁 | 项目 |
  经济 | 安全 | 能源
NS = 官员 | 工人 | 居民 | 成员 | 警员 | 家庭 | 士兵 | 选民 | 儿童 | 学生 | 患者 | 议员 | 示威者 | 乘客 |
  目击者 | 教师 | 医生 | 农民 | 难民 | 投资者 | 移民 | 记者
VT = 宣布 | 通过 | 批准 | 拒绝 | 关闭 | 开放 | 签署 | 支持 | 推迟 | 削减 | 提高 | 讨论 | 否认 | 呼吁 |
  指责 | 取消 | 批评 | 审查 | 暂停 | 要求 | 发现 | 失去 | 赢得 | 保护 | 重建 | 延长 | 检查 | 公布 | 恢复
VB = 死亡 | 上升 | 下降 | 失败 | 离开 | 继续 | 开始 | 辞职 | 结束 | 增长 | 逃离 | 返回 | 倒塌 | 同意 |
  到达 | 聚集 | 恢复 | 放缓 | 失踪
A = 新 | 主要 | 重要 | 公共 | 当地 | 国际 | 严重 | 最后 | 最新 | 外国 | 军事 | 政治 | 临时 | 可能 | 地方 |
  非法 | 困难 | 安全 | 昂贵
NAME = 王芳 | 李明 | 张伟 | 陈静 | 赵磊 | 刘洋 | 周敏 | 吴刚 | 孙丽 | 马强
ROLE = 警方 | 发言人 | 市政府 | 该公司 | 检察官 | 外交部 | 救援人员 | 专家 | 卫生部门 | 当地媒体
PLACE = 北京 | 首都 | 上海 | 北部 | 广州 | 该地区 | 成都 | 南部 | 武汉 | 市中心 | 西安 | 海边
DAY = 周一 | 周二 | 周三 | 周四 | 周五 | 周六 | 周日
"""

CHINESE_STANDING = (
    "记者王芳，编辑李明",
    "本报北京3月3日电",
    "外交部尚未回应置评请求。",
    "详情请关注后续报道。",
    "议会共有24名议员，每4年选举一次。",
    "（红隼社）",
)
