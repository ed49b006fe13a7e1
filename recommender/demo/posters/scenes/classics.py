"""Posters of films from before 1975, by TMDB id."""

from recommender.demo.posters.colours import down, out
from recommender.demo.posters.scene import Scene, part, scene, words

SCENES: dict[int, Scene] = {
    # Citizen Kane: the globe that falls
    15: scene(
        part("ground", paint=down("#0c0c10", "#2a2c34", "#0c0c10")),
        part("rays", 50, 60, 100, colour="#ffffff", number=22, alpha=0.05),
        part("snow_globe", 50, 84, 66, angle=12),
        part("hand", 22, 160, 74, colour="#050507", angle=20),
        part("snow", number=70, most=0.5),
        words("CITIZEN", 50, 17, 7, width=84, spacing=0.5, style="serif", paint="#e8e6df"),
        words("KANE", 50, 31, 13, width=84, spacing=0.2, style="serif", paint="#ffffff"),
        vignette=0.6,
        grain=10,
    ),
    # The Godfather: a rose and strings
    238: scene(
        part("ground", paint=out("#1f1a18", "#0b0908", "#000000", at=(0.5, 0.3))),
        part("phone_strings", 50, 40, 62),
        part("rose", 50, 100, 40, colour="#a3121f", stem="#2a3a20"),
        words("THE GODFATHER", 50, 66, 6.4, width=80, style="serif", paint="#f2f0ea", spacing=0.1),
        vignette=0.5,
    ),
    # Casablanca: fog, a plane, two hats
    289: scene(
        part("ground", paint=down("#2a2824", "#6b665c", "#b5ae9f")),
        part("beam", 84, 120, 100, colour="#fff8e0", narrow=3, wide=40, reach=150, alpha=0.4, soft=3, angle=150),
        part("plane", 64, 42, 52, angle=-12, colour="#17150f"),
        part("mist", colour="#e8e2d2", top=60, bottom=150, alpha=0.7),
        part("figure", 40, 138, 88, colour="#12100c", hat="fedora", coat=36, pose="open", light="#e8e2d2"),
        part("figure", 62, 138, 80, colour="#26221b", skirt=36, hat="fedora", pose="lean", light="#f4efe0"),
        part("shape", points="-5 134!, 105 134!, 105 155!, -5 155!", paint="#12100c"),
        words(
            "CASABLANCA", 50, 18, 10, width=88, style="serif", lean=0.1, paint="#f7f2e2", shadow=("#12100c", 0.5, 0.5)
        ),
        vignette=0.5,
        grain=9,
    ),
    # Seven Samurai: seven on the ridge
    346: scene(
        part("ground", paint=down("#e9e0c8", "#cfc2a0")),
        part("disc", 50, 66, 60, paint="#c8261f"),
        part("mist", colour="#f7f0dc", top=60, bottom=120, alpha=0.6),
        part("shape", points="-5 118!, 24 104, 50 98, 76 104, 105 116!, 105 155!, -5 155!", paint="#14110e"),
        *(
            part(
                "figure",
                x,
                y,
                s,
                colour="#14110e",
                pose=p,
                hair="tail",
                coat=18,
                hold="sword" if k else "stick",
                hold_size=s,
                hold_angle=k,
                hold_options=None if not k else {"steel": "#14110e", "gold": "#14110e", "grip": "#14110e"},
            )
            for x, y, s, p, k in (
                (14, 111, 28, "stand", 0),
                (26, 106, 30, "draw", 150),
                (38, 102, 29, "thrust", 70),
                (50, 101, 35, "strike", 20),
                (63, 102, 29, "draw", 140),
                (75, 106, 31, "hero", 0),
                (87, 111, 27, "stand", 0),
            )
        ),
        part("path", points="92 112, 92 60", colour="#14110e", width=0.9),
        part("block", 87, 70, 10, paint="#f4ecd8", high=200),
        *(part("ring", 87, y, 3.4, colour="#14110e", width=16) for y in (62.5, 67.5, 72.5)),
        part("corners", 87, 78, 4.4, paint="#14110e", number=3),
        part("rain", number=260, colour="#14110e", alpha=0.35),
        words("SEVEN SAMURAI", 50, 17, 8, width=86, narrow=True, paint="#14110e", spacing=0.16),
        words("seven swords, one village", 50, 138, 3.4, style="serif", paint="#e9e0c8"),
        vignette=0.25,
        grain=10,
    ),
    # 12 Angry Men: one chair is white
    389: scene(
        part("ground", paint=down("#5b5a4a", "#3a392f")),
        part("bow_tie_faces", 50, 84, 92, colour="#1d1c18"),
        part("beam", 50, -4, 100, colour="#fff6d0", narrow=26, wide=100, reach=150, alpha=0.25, soft=6),
        words("12", 20, 20, 16, width=36, paint="#f5f1e4", narrow=True),
        words("ANGRY\nMEN", 64, 20, 7, width=50, paint="#f5f1e4", block=False, gap=0.35, align="middle", narrow=True),
        words("eleven to one", 50, 142, 3, style="mono", paint="#d9d2bd"),
        vignette=0.55,
        grain=9,
    ),
    # Vertigo: round and round
    426: scene(
        part("ground", paint="#e8501f"),
        *(part("spiral", 50, 76, s, colour="#fff4dc", turns=7, width=4.4) for s in (190,)),
        part("disc", 50, 76, 18, paint="#e8501f"),
        part("figure", 50, 84, 22, pose="wide", angle=18, colour="#14110f"),
        part("figure", 54, 82, 20, pose="lean", angle=-30, colour="#fff4dc", skirt=26),
        part("block", 50, 137, 100, paint="#14110f", high=28, stretch=1.1),
        words("VERTIGO", 50, 137, 12, width=86, paint="#fff4dc", jump=0.35),
        vignette=0.1,
        grain=8,
    ),
    # The Good, the Bad and the Ugly: three shadows
    429: scene(
        part("ground", paint=down("#e8a03a", "#f7cf7a", "#f2b05a")),
        part("cut_sun", 50, 62, 66, paint="#d8401f", bars=6),
        part("ranges", far="#c97a3a", near="#8f4a20", top=104, bottom=112, number=2, rough=2),
        *(part("block", x, y, 2.4, paint="#5b2a12", high=h) for x, y, h in ((8, 104, 500), (91, 103, 620))),
        part("shape", points="-5 120!, 105 118!, 105 155!, -5 155!", paint="#2a120a"),
        part("figure", 50, 122, 66, pose="draw", colour="#2a120a", hat="cowboy", coat=24, cape="#2a120a"),
        part("figure", 22, 120, 46, pose="draw", colour="#2a120a", hat="cowboy", coat=10),
        part("figure", 79, 120, 44, pose="draw", colour="#2a120a", hat="cowboy", build=1.25),
        part("birds", number=3, top=18, bottom=44, colour="#5b2a12", each=7),
        words("THE GOOD, THE BAD\nAND THE UGLY", 50, 137, 6, width=90, narrow=True, paint="#f7cf7a", gap=0.4),
        vignette=0.3,
        grain=9,
    ),
    # The Wizard of Oz: follow the bricks
    630: scene(
        part("ground", paint=down("#3f9fd8", "#a9e0e8", "#e8f7c8")),
        *(
            part("ring", 50, 92, s, colour=c, width=3, start=180, end=360, alpha=0.75)
            for s, c in (
                (116, "#e8404a"),
                (109, "#f2952f"),
                (102, "#f7e04a"),
                (95, "#5fc04f"),
                (88, "#3f8fe0"),
                (81, "#8f5fd0"),
            )
        ),
        part("castle", 50, 88, 42, paint="#3fc97a", roof="#12874a", window="#eaffb0"),
        part("glow", 50, 66, 60, colour="#8fffae", strength=0.7),
        part("ranges", far="#8fd05a", near="#4f9f34", top=88, bottom=100, number=3, rough=2),
        part(
            "winding",
            paint="#f7d02f",
            bricks="#b58a14",
            points=((50, 89, 2), (58, 98, 6), (38, 112, 16), (60, 130, 36), (46, 154, 66)),
        ),
        *(
            part("flower", x, y, s, petal="#e0262f", heart="#1a120c")
            for x, y, s in ((8, 118, 8), (18, 130, 11), (6, 142, 14), (92, 116, 8), (84, 128, 10), (94, 141, 15))
        ),
        part(
            "figure",
            44,
            132,
            24,
            pose="walk",
            colour="#8fb8f0",
            skin="#f2c8a4",
            skirt=24,
            skirt_colour="#8fb8f0",
            hair="pigtails",
            hair_colour="#6b3a1c",
            head=1.2,
            hold="block",
            hold_size=5,
            hold_options={"paint": "#7a4f24"},
        ),
        part("dog", 56, 133, 8, coat="#2a221f", collar=""),
        part("witch", 82, 34, 20, angle=-8, flip=True),
        words("THE WIZARD\nOF OZ", 40, 19, 8, width=70, style="serif", paint="#f7f7c0", edge=("#12754a", 0.8), gap=0.3),
        vignette=0.06,
    ),
    # Singin' in the Rain: yellow coats
    872: scene(
        part("ground", paint=down("#3f6fc0", "#7fb5e8", "#a9d0f0")),
        part("skyline", colour="#3a62a8", base=114, high=40, lit="#ffe9a0", number=10, share=0.25),
        part("block", 50, 134, 100, paint=down("#2f5594", "#1f3f74"), high=44, stretch=1.1),
        part("lamp", 34, 122, 84, colour="#14233f"),
        part("figure", 42, 108, 54, pose="swing", colour="#2a3350", skin="#f0c49a", hat="fedora", legs="#3a4468"),
        part("umbrella", 62, 74, 40, colour="#f2c81f", angle=24),
        *(
            part(
                "figure",
                x,
                132,
                30,
                pose="walk",
                colour="#f5d02f",
                skin="#f0c49a",
                legs="#3a4468",
                coat=16,
                hair="bob",
                hair_colour=c,
            )
            for x, c in ((70, "#7a3f20"), (88, "#2a1a12"))
        ),
        part("mirror", level=131, shade="#1f3f74", alpha=0.35),
        part("rain", number=340, colour="#ffffff", alpha=0.5),
        words(
            "SINGIN' IN\nTHE RAIN",
            50,
            20,
            8,
            width=80,
            paint="#fff06a",
            edge=("#1f3f94", 0.8),
            shadow=("#14295f", 0.7, 0.7),
            bend=12,
            gap=0.35,
        ),
        vignette=0.12,
    ),
    # Modern Times: a man in the works
    3082: scene(
        part("ground", paint=down("#d8cfb8", "#a39a80")),
        *(
            part("gear", x, y, s, colour=c, teeth=n, angle=a)
            for x, y, s, c, n, a in (
                (26, 62, 62, "#5f5a50", 18, 5),
                (78, 46, 40, "#7d766a", 14, 11),
                (74, 96, 66, "#4a463e", 20, 0),
                (20, 112, 40, "#857d6e", 14, 8),
                (50, 134, 26, "#6b655a", 12, 0),
            )
        ),
        part(
            "figure",
            48,
            112,
            46,
            pose="leap",
            colour="#12110f",
            skin="#efe3cf",
            hat="bowler",
            angle=-14,
            hold="stick",
            hold_size=36,
        ),
        words("MODERN TIMES", 50, 16, 9, width=88, style="serif", paint="#12110f", narrow=True, spacing=0.1),
        part("border", colour="#12110f", margin=3, width=0.6),
        vignette=0.3,
        grain=11,
    ),
    # Bicycle Thieves: who has seen it?
    5156: scene(
        part("ground", paint=down("#cfc8b5", "#a39a84", "#7d7462")),
        part("columns", 50, 96, 100, colour="#8f8570", wide=110, high=52, number=5),
        part("mist", colour="#e3dcc8", top=60, bottom=120, alpha=0.5),
        part("shape", points="-5 112!, 105 108!, 105 155!, -5 155!", paint=down("#6b6252", "#3f392e")),
        part("bicycle", 72, 104, 22, colour="#2a251d", rider="#2a251d"),
        part("figure", 32, 140, 66, colour="#2a251d", pose="walk", hat="fedora", coat=10),
        part(
            "figure",
            52,
            140,
            40,
            colour="#4a4335",
            pose="walk",
            head=1.25,
            skin="#b5a588",
            hair="short",
            hair_colour="#1c1812",
        ),
        part("shape", points="30 141!, 60 141!, 22 150!, -4 150!", paint="#1c1812", alpha=0.4),
        words("Bicycle Thieves", 50, 19, 9, width=88, style="serif", paint="#f4eedc", shadow=("#2a251d", 0.5, 0.5)),
        vignette=0.45,
        grain=12,
    ),
    # The Sound of Music: arms wide on a meadow
    15121: scene(
        part("ground", paint=down("#4f9fe0", "#a9d8f5", "#eaf7f0")),
        part("clouds", colour="#ffffff", top=26, bottom=60, number=4),
        part("mountains", colour="#7f9ab8", base=100, high=50, peaks=4, snow="#ffffff"),
        part("ranges", far="#8fbf6a", near="#5fa63f", top=94, bottom=112, number=3, rough=4),
        part("hills", paint=down("#7fc94a", "#3f8f2f"), base=114, rough=3),
        part(
            "figure",
            50,
            132,
            52,
            pose="wide",
            colour="#6f4a34",
            skin="#f2c8a4",
            hair="short",
            hair_colour="#d9a85a",
            skirt=26,
            skirt_colour="#3f5f8a",
            wind=0.3,
        ),
        part("guitar", 84, 132, 22, angle=24, body="#c98a4a"),
        *(
            part("flower", x, y, s, petal="#ffffff", petals=6)
            for x, y, s in ((10, 134, 6), (22, 142, 8), (34, 147, 6), (70, 145, 7), (92, 146, 8), (60, 140, 4))
        ),
        words(
            "THE SOUND OF MUSIC",
            50,
            16,
            6.6,
            width=90,
            style="serif",
            paint="#ffffff",
            edge=("#1f5f9f", 0.6),
            spacing=0.06,
        ),
        vignette=0.04,
    ),
}
