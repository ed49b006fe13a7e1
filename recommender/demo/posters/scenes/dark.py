"""Posters of films to be watched with the light on, by TMDB id."""

from recommender.demo.posters.colours import along, down, out
from recommender.demo.posters.scene import Scene, part, scene, words

SCENES: dict[int, Scene] = {
    # Psycho: the house above the motel
    539: scene(
        part("ground", paint=down("#1a1c22", "#4a4f5a", "#9aa0a8")), part("mist", colour="#d8dce2", top=4, bottom=90, alpha=0.45),
        part("shape", points="-5 112!, 30 98, 60 88, 84 90, 105 104!, 105 155!, -5 155!", paint="#08090c"), part("mansion", 64, 92, 46, colour="#060709", lit=(0,)), part("bare_tree", 28, 106, 36, colour="#060709"),
        part("winding", paint="#2a2d33", points=((62, 92, 1.5), (54, 104, 3), (64, 118, 6), (50, 152, 14))), part("birds", number=5, top=16, bottom=40, colour="#0c0d10"), part("rain", number=220, alpha=0.3),
        part("block", 50, 130, 100, paint="#f4f2ec", high=20, stretch=0.92),
        words("PSYCHO", 50, 130, 12, width=82, paint="#0a0a0c", narrow=True), part("shape", points="2 129.2!, 98 126.4!, 98 128.4!, 2 131.4!", paint="#f4f2ec"), part("knife", 90, 116, 34, angle=200),
        vignette=0.6, grain=9,
    ),
    # The Shining: the carpet
    694: scene(
        part("honeycomb", step=21), part("disc", 50, 74, 200, paint=out("#f2a03a", "#c8431f", "#3a0f0c"), alpha=0.35),
        part("shape", points="36 150!, 40 92!, 60 92!, 64 150!", paint=down("#180a08", "#3a1410")), part("shape", points="40 92!, 60 92!, 58 84!, 42 84!", paint="#0a0504"),
        *(part("figure", x, 124, 34, colour="#a9c4d8", skin="#efd5c0", skirt=22, skirt_colour="#a9c4d8", hair="bob", hair_colour="#4a2c1c", head=1.2, legs="#f4f0ea") for x in (45.6, 54.4)),
        part("block", 50, 24, 100, paint="#f5d51f", high=30, stretch=0.86), words("THE", 50, 15, 3, spacing=0.6, paint="#17110c"), words("SHINING", 50, 26, 11, width=78, narrow=True, paint="#17110c", spacing=0.06),
        words("all play, no work", 50, 144, 2.6, style="mono", paint="#ffe9c0", edge=("#3a0f0c", 0.6)), vignette=0.55,
    ),
    # The Exorcist: under the lamp
    9552: scene(
        part("ground", paint=down("#05060a", "#14171f", "#0c0d12")),
        part("shape", points="58 -5!, 105 -5!, 105 118!, 58 114!", paint="#0b0c11"), part("block", 78, 40, 18, paint="#fff3cf", high=130), part("path", points="78 29, 78 51", colour="#0b0c11", width=0.8), part("path", points="69 40, 87 40", colour="#0b0c11", width=0.8), part("glow", 78, 40, 60, colour="#ffeec0"),
        part("shape", points="70 30!, 86 50!, 70 130!, 6 130!", paint="#ffeec8", alpha=0.34, soft=3, mode="light"), part("lamp", 24, 120, 62, colour="#04050a", light="#e8ecd8"),
        part("mist", colour="#aeb6c4", top=80, bottom=140, alpha=0.5), part("figure", 44, 122, 40, colour="#030408", hat="fedora", coat=34, hold="block", hold_size=9, hold_options={"paint": "#030408", "high": 70}),
        part("gate", 78, 122, 50, colour="#030408", high=18, bars=11), part("shape", points="-5 121!, 105 121!, 105 155!, -5 155!", paint="#030408"),
        words("THE EXORCIST", 50, 136, 7.6, width=86, style="serif", paint="#b59ae0", spacing=0.14), vignette=0.7, grain=8,
    ),
    # Halloween: a pumpkin, a knife
    948: scene(
        part("ground", paint=out("#5b2408", "#1c0a04", "#040201", at=(0.5, 0.55))), part("pumpkin", 46, 76, 72, colour="#e0701a"), part("knife", 74, 66, 76, angle=18),
        part("shape", points="66 92, 76 86, 90 90, 96 104, 94 128, 104 155!, 70 155!, 72 124, 64 106", paint="#0a0604"), part("bare_tree", 2, 150, 70, colour="#080402", lean=10),
        words("HALLOWEEN", 50, 130, 10, width=86, style="serif", narrow=True, paint=down("#ffb04a", "#e8501a"), spacing=0.06), words("HE DOES NOT WANT SWEETS", 50, 142, 2.3, spacing=0.5, paint="#d9a06a", bold=False), vignette=0.7,
    ),
    # Jaws: from below
    578: scene(
        part("ground", paint=down("#e8f4f7", "#bfe3ee")), part("shape", points="-5 40!, 20 37, 50 40, 80 37, 105 40!, 105 155!, -5 155!", paint=down("#4fb0d0", "#1f6f9f", "#082a4a")),
        *(part("beam", x, 40, 100, colour="#c8f4ff", narrow=4, wide=w, reach=60, alpha=0.25, soft=3, angle=a) for x, w, a in ((36, 20, 8), (62, 24, -8))),
        part("figure", 36, 40, 28, angle=90, pose="fly", colour="#1a2a34", skin="#2a3a44"), part("disc", 36, 40, 34, paint="#ffffff", squash=0.06, alpha=0.8), part("shark", 50, 70, 66), part("bubbles", number=24, top=44, bottom=120),
        words("JAWS", 50, 21, 19, width=74, paint="#d3121c", narrow=True, spacing=0.04), vignette=0.3,
    ),
    # Nosferatu: a shadow on the stairs
    653: scene(
        part("ground", paint=along(60, "#d8d2b8", "#8f8a70", "#2a281f")), part("stairs", -2, 152, 100, paint="#4a4738", shade="#b5b096", steps=11, wide=110, high=92),
        part("shape", points="62 92, 58 82, 56 70, 58 58, 66 50, 74 54, 77 62, 76 74, 82 82, 88 100, 92 124!, 84 126, 60 126!, 62 108", paint="#0a0906", alpha=0.92, soft=0.5),
        part("shape", points="57 62!, 49 56, 55 70!", paint="#0a0906", alpha=0.92), part("shape", points="76 60!, 84 52, 78 70!", paint="#0a0906", alpha=0.92),
        part("path", points="62 90, 46 82, 34 72, 26 58", colour="#0a0906", width=5, taper=0.6),
        *(part("path", points=p, colour="#0a0906", width=1.9, taper=0.15) for p in ("27 60, 18 50, 12 40", "26 58, 22 46, 20 32", "26 57, 28 44, 32 30", "28 58, 36 48, 42 38", "29 61, 38 58, 45 54")),
        part("block", 50, 142, 100, paint="#0c0b08", high=16, stretch=1.1), words("Nosferatu", 50, 17, 12, width=84, style="serif", paint="#1a1812", jump=0.2), words("EINE SYMPHONIE DES GRAUENS", 50, 142, 3, width=86, spacing=0.4, style="serif", paint="#d8d2b8"), vignette=0.65, grain=12,
    ),
    # The Blair Witch Project: sticks
    2667: scene(
        part("ground", paint=down("#0f120d", "#2a2f22", "#14160f")), part("glow", 50, 78, 90, colour="#d8dcb0", strength=0.5), part("trunks", colour="#20241a", number=11, bottom=152, least=1.5, most=3.5), part("mist", colour="#8f9478", top=60, bottom=140, alpha=0.4), part("trunks", colour="#080a06", number=7, bottom=152, least=4, most=8),
        *(part("path", points=p, colour="#c9b58a", width=1.6) for p in ("50 44, 50 74", "50 74, 40 96", "50 74, 60 96", "34 56, 66 56", "44 42, 56 50", "56 42, 44 50")), part("ring", 50, 40, 9, colour="#c9b58a", width=14), part("path", points="50 -4, 50 34", colour="#8f7f5f", width=0.5), *(part("path", points=p, colour="#6b5b3f", width=1) for p in ("48 55, 52 57", "48 57, 52 55", "48 73, 52 75")),
        part("grass", colour="#050604", base=152, high=20, number=90), words("THE BLAIR WITCH\nPROJECT", 50, 124, 6, width=84, style="mono", paint="#e8e4cf", gap=0.5, jump=0.12), words("REC", 88, 9, 2.4, style="mono", paint="#ff3a2a"), part("disc", 82, 9, 2.4, paint="#ff3a2a"), vignette=0.85, grain=12,
    ),
    # Get Out: falling past the teacup
    419430: scene(
        part("ground", paint=out("#1a1f2a", "#07080d", "#000000", at=(0.5, 0.25))), part("stars", number=40, bright=0), part("teacup", 50, 46, 60),
        *(part("disc", 50, 33, s, paint="#0a0a10", squash=0.24, alpha=0.35) for s in (30, 20)), part("beam", 50, 64, 100, colour="#9fb4d8", narrow=30, wide=8, reach=74, alpha=0.3, soft=3),
        part("figure", 50, 118, 30, pose="wide", colour="#4a6a8f", skin="#5b3a26", legs="#2a3348", angle=24), part("shape", points="40 88!, 44 84, 50 82", paint="#ffffff", alpha=0.2),
        words("GET", 20, 136, 12, paint="#f4f2ec", align="left", width=36, narrow=True), words("OUT", 80, 136, 12, paint="#c81f2a", align="right", width=36, narrow=True), vignette=0.7,
    ),
    # It: a balloon from the drain
    346364: scene(
        part("ground", paint=down("#0f151a", "#2a3840", "#3f4a4a")), part("rain", number=320, alpha=0.4), part("glow", 50, 54, 80, colour="#c81f2a", strength=0.5), part("balloon", 50, 52, 50, string=110),
        part("block", 50, 134, 100, paint=down("#5b6166", "#2f3438"), high=40, stretch=1.1), part("block", 50, 120, 100, paint="#7f868c", high=5, stretch=1.1), part("shape", points="22 124!, 78 124!, 74 139!, 26 139!", paint="#020303"),
        *(part("disc", x, 130, 3, paint="#ffd23a") for x in (44, 56)), *(part("glow", x, 130, 9, colour="#ffb01f") for x in (44, 56)), *(part("disc", x, 130, 1.1, paint="#0a0502", squash=1.6) for x in (44, 56)), part("shape", points="40 135!, 46 137, 54 137, 60 135!, 54 138.6, 46 138.6", paint="#d8262f"),
        part("shape", 80, 134, 15, points="-50 0!, -30 22, 30 22, 50 0!, 14 0, 0 -40!, -14 0", paint="#f4f2ea"), part("mirror", level=143, shade="#0c1114", alpha=0.4),
        words("IT", 50, 18, 17, width=40, style="serif", paint="#d8262f", jump=0.15), vignette=0.65,
    ),
    # Ghostbusters: call somebody
    620: scene(
        part("ground", paint=down("#120a2a", "#3a1f5b", "#7a2f6f")), part("stars", number=60, bottom=60), part("skyline", colour="#150b26", base=118, high=60, lit="#ffd36a", number=10, share=0.25), part("glow", 52, 54, 100, colour="#8fff6a", strength=0.6), part("ghost", 52, 54, 62, paint="#e8ffe0"), part("ring", 52, 54, 78, colour="#e0202a", width=9), part("path", points="27 27, 79 81", colour="#e0202a", width=7),
        *(part("path", points=p, colour=c, width=1.1) for p, c in (("22 118, 30 100, 28 90, 40 76", "#ffb02f"), ("78 118, 72 104, 76 92, 62 78", "#4fd0ff"), ("50 118, 54 106, 48 96, 52 86", "#ff5a2f"))),
        *(part("figure", x, 142, 36, colour="#b5a078", skin="#e0b48f", hair="short", hair_colour="#2a1c14", pose="reach", build=1.15) for x in (20, 40, 60, 80)), part("blob", 94, 148, 26, paint="#7fe83a"), part("blob", 4, 150, 22, paint="#7fe83a"),
        words("GHOSTBUSTERS", 50, 14, 8.4, width=92, paint="#f4fff0", edge=("#c81f2a", 0.8), shadow=("#120a2a", 0.8, 0.8), jump=0.15), vignette=0.35,
    ),
    # Beetlejuice: stripes
    4011: scene(
        part("ground", paint="#f2f0e6"), part("stripes", colour="#121016", number=9, wavy=2.4), part("disc", 50, 82, 84, paint=out("#b8f05a", "#5f9a2a", "#1f2f14")), part("mansion", 50, 112, 50, colour="#120f1c", lit=(0, 1, 2, 3)), part("shape", points="22 112!, 36 106, 64 106, 78 112!, 70 122, 30 122", paint="#1c2412"),
        part("path", points="20 128, 26 116, 34 128, 42 116, 50 128, 58 116, 66 128, 74 116, 80 126", colour="#6b3f8f", width=6), part("path", points="20 128, 26 116, 34 128, 42 116, 50 128, 58 116, 66 128, 74 116, 80 126", colour="#d8c8f0", width=1.6), part("disc", 82, 124, 9, paint="#6b3f8f"), part("disc", 83.4, 122.6, 3, paint="#fffbe0"), part("disc", 84, 122.6, 1.4, paint="#120f1c"),
        part("block", 50, 22, 100, paint="#6b3f8f", high=24, stretch=0.9), words("BEETLEJUICE", 50, 22, 9, width=82, paint="#c8ff5a", jump=0.6, edge=("#120f1c", 0.6)), words("say it twice and stop", 50, 142, 3.4, paint="#120f1c", edge=("#f2f0e6", 1.2)), vignette=0.2,
    ),
    # Corpse Bride: blue moon
    3933: scene(
        part("ground", paint=down("#0a1430", "#24406f", "#5f86a9")), part("stars", number=80, bottom=50), part("moon", 34, 44, 46, paint="#cfe0f0", light="#7fb0ff"), part("bare_tree", 92, 124, 96, colour="#070d1c", lean=-10), part("bare_tree", 4, 124, 60, colour="#0c1630", lean=6), part("ranges", far="#152648", near="#060b18", top=112, bottom=122, number=2, rough=3),
        part("figure", 40, 132, 74, pose="open", colour="#d3dfee", skin="#7fa3cc", build=0.75, skirt=52, skirt_colour="#e3ecf6", hair="long", hair_colour="#2f4f8a", wind=-0.5), part("shape", points="40 62!, 30 70, 16 96, 8 128!, 22 122, 30 96, 38 74", paint="#f2f7fc", alpha=0.45),
        part("figure", 66, 132, 72, pose="stand", colour="#0a0f1f", skin="#dfe3ea", build=0.7, coat=22, hair="short", hair_colour="#06080f"), part("flower", 53, 92, 7, petal="#c8d8f0"), part("flower", 50, 95, 5, petal="#8fa8d8"), part("crow", 84, 62, 9), part("bats", number=4, top=20, bottom=60), part("mist", colour="#a9c8e8", top=112, bottom=152, alpha=0.5),
        words("Corpse Bride", 50, 141, 8.4, width=84, style="serif", paint="#e8f2ff", jump=0.25, glow=("#4f7fd0", 0.8)), vignette=0.5,
    ),
    # Pan's Labyrinth: horns and a maze
    1417: scene(
        part("ground", paint=down("#0a1a1c", "#1f4a44", "#c9a24a")), part("moon", 50, 46, 44, paint="#f0e3b0", light="#c9d89a"), part("bare_tree", 50, 104, 92, colour="#0a0f0c", spread=34),
        part("shape", points="18 26!, 22 46, 36 58, 44 62!, 34 64, 18 54, 12 38", paint="#0a0f0c"), part("shape", points="82 26!, 78 46, 64 58, 56 62!, 66 64, 82 54, 88 38", paint="#0a0f0c"), part("maze", 50, 132, 60, stretch=1.6, colour="#14302a", step=7, cells=17), part("mist", colour="#0a1a1c", top=98, bottom=118, alpha=0.9), part("glow", 50, 118, 40, colour="#ffd87a", strength=0.7),
        part("figure", 50, 126, 24, colour="#1a4a34", skin="#efd0b0", skirt=22, skirt_colour="#1f5f42", hair="bob", hair_colour="#1a110c", head=1.2, legs="#f4f0e6"), part("sparks", number=40, colour="#c8f06a", top=60, bottom=140), words("PAN'S LABYRINTH", 50, 141, 6.6, width=88, style="serif", paint=down("#f7ecc0", "#c9a24a"), spacing=0.12), vignette=0.6,
    ),
}  # fmt: skip
