"""Sets of characters that `vstore.text` needs and `re` has no name for, fixed for every Python.

Of Unicode 14.0.0, the oldest that a supported Python (3.11) knows. The general categories come from
`unicodedata`; the named properties from its PropList.txt and emoji-data.txt, as perl 5.36 knows them.
Each is a list of hexadecimal code points and ranges. In the first four a range runs on over code points
that Unicode 14 leaves unassigned between two of a kind: what is assigned there later is mostly of that kind.
Where Python knows that Unicode, `tests/test_text.py` makes those of general categories again and compares.
"""

from __future__ import annotations

from functools import cache

UNICODE = "14.0.0"

LETTERS = """
41-5a 61-7a aa b2-b3 b5 b9-ba bc-be c0-d6 d8-f6 f8-2c1 2c6-2d1 2e0-2e4 2ec 2ee 370-374 376-37d 37f 386
388-3f5 3f7-481 48a-559 560-588 5d0-5f2 620-64a 66e-66f 671-6d3 6d5 6e5-6e6 6ee-6ef 6fa-6fc 6ff 710
712-72f 74d-7a5 7b1 7ca-7ea 7f4-7f5 7fa 800-815 81a 824 828 840-858 860-887 889-88e 8a0-8c9 904-939 93d
950 958-961 971-980 985-9b9 9bd 9ce 9dc-9e1 9f0-9f1 9f4-9f9 9fc a05-a39 a59-a5e a72-a74 a85-ab9 abd
ad0-ae1 af9 b05-b39 b3d b5c-b61 b71-b77 b83-bb9 bd0 bf0-bf2 c05-c39 c3d c58-c61 c78-c7e c80 c85-cb9 cbd
cdd-ce1 cf1-cf2 d04-d3a d3d d4e d54-d56 d58-d61 d70-d78 d7a-d7f d85-dc6 f00 f2a-f33 f40-f6c f88-f8c
10a0-10fa 10fc-135a 1369-138f 13a0-13fd 1401-166c 166f-167f 1681-169a 16a0-16ea 16ee-1711 171f-1731
1740-1751 1760-1770 17f0-17f9 1820-1884 1887-18a8 18aa-191e 19da 1a00-1a16 1b83-1ba0 1bae-1baf 1bba-1be5
1c00-1c23 1c4d-1c4f 1c5a-1c7d 1c80-1cbf 1ce9-1cec 1cee-1cf3 1cf5-1cf6 1cfa-1dbf 1e00-1fbc 1fbe 1fc2-1fcc
1fd0-1fdb 1fe0-1fec 1ff2-1ffc 2070-2079 207f-2089 2090-209c 2102 2107 210a-2113 2115 2119-211d 2124 2126
2128 212a-212d 212f-2139 213c-213f 2145-2149 214e 2150-2189 2460-249b 24ea-24ff 2776-2793 2c00-2ce4
2ceb-2cee 2cf2-2cf3 2cfd 2d00-2d6f 2d80-2dde 2e2f 3131-318e 3192-3195 3220-3229 3248-324f 3251-325f
3280-3289 32b1-32bf a4d0-a4fd a500-a60c a610-a61f a62a-a66e a67f-a69d a6a0-a6ef a717-a71f a722-a788
a78b-a801 a803-a805 a807-a80a a80c-a822 a830-a835 a840-a873 a882-a8b3 a8f2-a8f7 a8fb a8fd-a8fe a90a-a925
a930-a946 a960-a97c aa00-aa28 aa40-aa42 aa44-aa4b aae0-aaea aaf2-aaf4 ab01-ab5a ab5c-ab69 ab70-abe2
ac00-d7fb fb00-fb1d fb1f-fb28 fb2a-fbb1 fbd3-fd3d fd50-fdc7 fdf0-fdfb fe70-fefc ff21-ff3a ff41-ff5a
ffa0-ffdc 10000-100fa 10107-10133 10140-10178 1018a-1018b 10280-102d0 102e1-10375 10380-1039d
103a0-103cf 103d1-1049d 104b0-10563 10570-10855 10858-10876 10879-1091b 10920-10939 10980-10a00
10a10-10a35 10a40-10a48 10a60-10a7e 10a80-10ac7 10ac9-10ae4 10aeb-10aef 10b00-10b35 10b40-10b91
10ba9-10d23 10e60-10ea9 10eb0-10f45 10f51-10f54 10f70-10f81 10fb0-10ff6 11003-11037 11052-11065
11071-11072 11075 11083-110af 110d0-110e8 11103-11126 11144 11147-11172 11176 11183-111b2 111c1-111c4
111da 111dc 111e1-1122b 11280-112a8 112b0-112de 11305-11339 1133d 11350 1135d-11361 11400-11434
11447-1144a 1145f-114af 114c4-114c5 114c7 11580-115ae 115d8-115db 11600-1162f 11644 11680-116aa 116b8
1173a-1173b 11800-1182b 118a0-118df 118ea-1192f 1193f 11941 119a0-119d0 119e1 119e3 11a00 11a0b-11a32
11a3a 11a50 11a5c-11a89 11a9d 11ab0-11c2e 11c40 11c5a-11c6c 11c72-11c8f 11d00-11d30 11d46 11d60-11d89
11d98 11ee0-11ef2 11fb0-11fd4 12000-1246e 12480-12ff0 13000-1342e 14400-16a5e 16a70-16abe 16ad0-16aed
16b00-16b2f 16b40-16b43 16b5b-16e96 16f00-16f4a 16f50 16f93-16f9f 1bc00-1bc99 1d2e0-1d2f3 1d360-1d6c0
1d6c2-1d6da 1d6dc-1d6fa 1d6fc-1d714 1d716-1d734 1d736-1d74e 1d750-1d76e 1d770-1d788 1d78a-1d7a8
1d7aa-1d7c2 1d7c4-1d7cb 1df00-1df1e 1e100-1e12c 1e137-1e13d 1e14e 1e290-1e2ad 1e2c0-1e2eb 1e7e0-1e8cf
1e900-1e943 1e94b 1ec71-1ecab 1ecad-1ecaf 1ecb1-1ed2d 1ed2f-1eebb 1f100-1f10c
"""
"""Letters and numerals other than decimal digits (L*, Nl, No) of scripts that put spaces between words."""

UNSPACED = """
e01-e30 e32-e33 e40-e46 e81-eb0 eb2-eb3 ebd-ec6 edc-edf 1000-102a 103f 1050-1055 105a-105d 1061
1065-1066 106e-1070 1075-1081 108e 1780-17b3 17d7 17dc 1950-19c9 1a20-1a54 1aa7 1b05-1b33 1b45-1b4c
3005-3007 3021-3029 3031-3035 3038-303c 3041-3096 309d-309f 30a1-30fa 30fc-312f 31a0-31bf 31f0-31ff
3400-4dbf 4e00-a48c a984-a9b2 a9cf a9e0-a9e4 a9e6-a9ef a9fa-a9fe aa60-aa76 aa7a aa7e-aaaf aab1 aab5-aab6
aab9-aabd aac0 aac2-aadd f900-fad9 ff66-ff9d 11700-1171a 11740-11746 16fe0-16fe1 16fe3 17000-1b2fb
20000-3fffd
"""
"""Letters (L*, Nl) of scripts that do not; planes 2 and 3 whole, assigned or not."""

DIGITS = """
30-39 660-669 6f0-6f9 7c0-7c9 966-96f 9e6-9ef a66-a6f ae6-aef b66-b6f be6-bef c66-c6f ce6-cef d66-d6f
de6-def e50-e59 ed0-ed9 f20-f29 1040-1049 1090-1099 17e0-17e9 1810-1819 1946-194f 19d0-19d9 1a80-1a99
1b50-1b59 1bb0-1bb9 1c40-1c49 1c50-1c59 a620-a629 a8d0-a8d9 a900-a909 a9d0-a9d9 a9f0-a9f9 aa50-aa59
abf0-abf9 ff10-ff19 104a0-104a9 10d30-10d39 11066-1106f 110f0-110f9 11136-1113f 111d0-111d9 112f0-112f9
11450-11459 114d0-114d9 11650-11659 116c0-116c9 11730-11739 118e0-118e9 11950-11959 11c50-11c59
11d50-11d59 11da0-11da9 16a60-16a69 16ac0-16ac9 16b50-16b59 1d7ce-1d7ff 1e140-1e149 1e2f0-1e2f9
1e950-1e959 1fbf0-1fbf9
"""
"""Decimal digits (Nd) of every script."""

MARKS = """
300-36f 483-489 591-5bd 5bf 5c1-5c2 5c4-5c5 5c7 610-61a 64b-65f 670 6d6-6dc 6df-6e4 6e7-6e8 6ea-6ed 711
730-74a 7a6-7b0 7eb-7f3 7fd 816-819 81b-823 825-827 829-82d 859-85b 898-89f 8ca-8e1 8e3-903 93a-93c
93e-94f 951-957 962-963 981-983 9bc 9be-9cd 9d7 9e2-9e3 9fe-a03 a3c-a51 a70-a71 a75 a81-a83 abc abe-acd
ae2-ae3 afa-b03 b3c b3e-b57 b62-b63 b82 bbe-bcd bd7 c00-c04 c3c c3e-c56 c62-c63 c81-c83 cbc cbe-cd6
ce2-ce3 d00-d03 d3b-d3c d3e-d4d d57 d62-d63 d81-d83 dca-ddf df2-df3 e31 e34-e3a e47-e4e eb1 eb4-ebc
ec8-ecd f18-f19 f35 f37 f39 f3e-f3f f71-f84 f86-f87 f8d-fbc fc6 102b-103e 1056-1059 105e-1060 1062-1064
1067-106d 1071-1074 1082-108d 108f 109a-109d 135d-135f 1712-1715 1732-1734 1752-1753 1772-1773 17b4-17d3
17dd 180b-180d 180f 1885-1886 18a9 1920-193b 1a17-1a1b 1a55-1a7f 1ab0-1b04 1b34-1b44 1b6b-1b73 1b80-1b82
1ba1-1bad 1be6-1bf3 1c24-1c37 1cd0-1cd2 1cd4-1ce8 1ced 1cf4 1cf7-1cf9 1dc0-1dff 200c-200d 20d0-20f0
2cef-2cf1 2d7f 2de0-2dff 302a-302f 3099-309a a66f-a672 a674-a67d a69e-a69f a6f0-a6f1 a802 a806 a80b
a823-a827 a82c a880-a881 a8b4-a8c5 a8e0-a8f1 a8ff a926-a92d a947-a953 a980-a983 a9b3-a9c0 a9e5 aa29-aa36
aa43 aa4c-aa4d aa7b-aa7d aab0 aab2-aab4 aab7-aab8 aabe-aabf aac1 aaeb-aaef aaf5-aaf6 abe3-abea abec-abed
fb1e fe00-fe0f fe20-fe2f ff9e-ff9f 101fd 102e0 10376-1037a 10a01-10a0f 10a38-10a3f 10ae5-10ae6
10d24-10d27 10eab-10eac 10f46-10f50 10f82-10f85 11000-11002 11038-11046 11070 11073-11074 1107f-11082
110b0-110ba 110c2 11100-11102 11127-11134 11145-11146 11173 11180-11182 111b3-111c0 111c9-111cc
111ce-111cf 1122c-11237 1123e 112df-112ea 11300-11303 1133b-1133c 1133e-1134d 11357 11362-11374
11435-11446 1145e 114b0-114c3 115af-115c0 115dc-115dd 11630-11640 116ab-116b7 1171d-1172b 1182c-1183a
11930-1193e 11940 11942-11943 119d1-119e0 119e4 11a01-11a0a 11a33-11a39 11a3b-11a3e 11a47 11a51-11a5b
11a8a-11a99 11c2f-11c3f 11c92-11cb6 11d31-11d45 11d47 11d8a-11d97 11ef3-11ef6 16af0-16af4 16b30-16b36
16f4f 16f51-16f92 16fe4-16ff1 1bc9d-1bc9e 1cf00-1cf46 1d165-1d169 1d16d-1d172 1d17b-1d182 1d185-1d18b
1d1aa-1d1ad 1d242-1d244 1da00-1da36 1da3b-1da6c 1da75 1da84 1da9b-1daaf 1e000-1e02a 1e130-1e136 1e2ae
1e2ec-1e2ef 1e8d0-1e8d6 1e944-1e94a e0100-e01ef
"""
"""What stays with the character before it: M*, ZWNJ, ZWJ, and the half-width voicing marks."""

EMOJI = """
a9 ae 203c 2049 2122 2194-2199 21a9-21aa 231a-231b 2328 2388 23cf 23e9-23f3 23f8-23fa 24c2 25aa-25ab
25b6 25c0 25fb-25fe 2600-2605 2607-2612 2614-2685 2690-2705 2708-2712 2714 2716 271d 2721 2728 2733-2734
2744 2747 274c 274e 2753-2755 2757 2763-2767 2795-2797 27a1 27b0 27bf 2934-2935 2b05-2b07 2b1b-2b1c 2b50
2b55 3030 303d 3297 3299 1f000-1f0ff 1f10d-1f10f 1f12f 1f16c-1f171 1f17e-1f17f 1f18e 1f191-1f19a
1f1ad-1f1e5 1f201-1f20f 1f21a 1f22f 1f232-1f23a 1f23c-1f23f 1f249-1f3fa 1f400-1f53d 1f546-1f64f
1f680-1f6ff 1f774-1f77f 1f7d5-1f7ff 1f80c-1f80f 1f848-1f84f 1f85a-1f85f 1f888-1f88f 1f8ae-1f8ff
1f90c-1f93a 1f93c-1f945 1f947-1faff 1fc00-1fffd
"""
"""Extended_Pictographic, U+2139 apart, which is a letter: what ZWJ may join."""

OPENERS = """
28 5b 7b ab f3a f3c 169b 2018 201a-201c 201e-201f 2039 2045 207d 208d 2308 230a 2329 2768 276a 276c 276e
2770 2772 2774 27c5 27e6 27e8 27ea 27ec 27ee 2983 2985 2987 2989 298b 298d 298f 2991 2993 2995 2997 29d8
29da 29fc 2e02 2e04 2e09 2e0c 2e1c 2e20 2e22 2e24 2e26 2e28 2e42 2e55 2e57 2e59 2e5b 3008 300a 300c 300e
3010 3014 3016 3018 301a 301d fd3f fe17 fe35 fe37 fe39 fe3b fe3d fe3f fe41 fe43 fe47 fe59 fe5b fe5d ff08
ff3b ff5b ff5f ff62
"""
"""Opening brackets (Ps) and initial quotation marks (Pi)."""

INITIAL_QUOTES = "ab 2018 201b-201c 201f 2039 2e02 2e04 2e09 2e0c 2e1c 2e20"
"""Quotation marks that open in English (Pi); “ and « close in others."""

CLOSERS = """
29 5d 7d f3b f3d 169c 2046 207e 208e 2309 230b 232a 2769 276b 276d 276f 2771 2773 2775 27c6 27e7 27e9
27eb 27ed 27ef 2984 2986 2988 298a 298c 298e 2990 2992 2994 2996 2998 29d9 29db 29fd 2e23 2e25 2e27 2e29
2e56 2e58 2e5a 2e5c 3009 300b 300d 300f 3011 3015 3017 3019 301b 301e-301f fd3e fe18 fe36 fe38 fe3a fe3c
fe3e fe40 fe42 fe44 fe48 fe5a fe5c fe5e ff09 ff3d ff5d ff60 ff63
"""
"""Closing brackets (Pe)."""

FINAL_QUOTES = "bb 2019 201d 203a 2e03 2e05 2e0a 2e0d 2e1d 2e21"
"""Quotation marks that close in English (Pf); » and ” open in others."""

CLAUSE_ENDS = """
21 2c 2e 3a-3b 3f 37e 387 589 5c3 60c 61b 61d-61f 6d4 700-70a 70c 7f8-7f9 830-83e 85e 964-965 e5a-e5b
f08 f0d-f12 104a-104b 1361-1368 166e 16eb-16ed 1735-1736 17d4-17d6 17da 1802-1805 1808-1809 1944-1945
1aa8-1aab 1b5a-1b5b 1b5d-1b5f 1b7d-1b7e 1c3b-1c3f 1c7e-1c7f 203c-203d 2047-2049 2e2e 2e3c 2e41 2e4c
2e4e-2e4f 2e53-2e54 3001-3002 a4fe-a4ff a60d-a60f a6f3-a6f7 a876-a877 a8ce-a8cf a92f a9c7-a9c9 aa5d-aa5f
aadf aaf0-aaf1 abeb fe50-fe52 fe54-fe57 ff01 ff0c ff0e ff1a-ff1b ff1f ff61 ff64 1039f 103d0 10857 1091f
10a56-10a57 10af0-10af5 10b3a-10b3f 10b99-10b9c 10f55-10f59 10f86-10f89 11047-1104d 110be-110c1
11141-11143 111c5-111c6 111cd 111de-111df 11238-1123c 112a9 1144b-1144d 1145a-1145b 115c2-115c5
115c9-115d7 11641-11642 1173c-1173e 11944 11946 11a42-11a43 11a9b-11a9c 11aa1-11aa2 11c41-11c43 11c71
11ef7-11ef8 12470-12474 16a6e-16a6f 16af5 16b37-16b39 16b44 16e97-16e98 1bc9f 1da87-1da8a
"""
"""Terminal_Punctuation: what ends a clause or a sentence."""

SENTENCE_ENDS = """
21 2e 3f 589 61d-61f 6d4 700-702 7f9 837 839 83d-83e 964-965 104a-104b 1362 1367-1368 166e 1735-1736
1803 1809 1944-1945 1aa8-1aab 1b5a-1b5b 1b5e-1b5f 1b7d-1b7e 1c3b-1c3c 1c7e-1c7f 203c-203d 2047-2049 2e2e
2e3c 2e53-2e54 3002 a4ff a60e-a60f a6f3 a6f7 a876-a877 a8ce-a8cf a92f a9c8-a9c9 aa5d-aa5f aaf0-aaf1 abeb
fe52 fe56-fe57 ff01 ff0e ff1f ff61 10a56-10a57 10f55-10f59 10f86-10f89 11047-11048 110be-110c1
11141-11143 111c5-111c6 111cd 111de-111df 11238-11239 1123b-1123c 112a9 1144b-1144c 115c2-115c3
115c9-115d7 11641-11642 1173c-1173e 11944 11946 11a42-11a43 11a9b-11a9c 11c41-11c42 11ef7-11ef8
16a6e-16a6f 16af5 16b37-16b38 16b44 16e98 1bc9f 1da88
"""
"""Sentence_Terminal: what ends a sentence."""


@cache
def ranges(table: str) -> list[tuple[int, int]]:
    """First and last code point of each range of a table."""
    pairs = (entry.partition("-") for entry in table.split())
    return [(int(first, 16), int(last or first, 16)) for first, _, last in pairs]


@cache
def characters(table: str) -> frozenset[str]:
    """All characters of a table, one by one."""
    return frozenset(chr(code) for first, last in ranges(table) for code in range(first, last + 1))
