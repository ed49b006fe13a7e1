"""Posters of cartoons, by TMDB id."""

from recommender.demo.posters.colours import along, down, out
from recommender.demo.posters.scene import Scene, part, scene, words

SCENES: dict[int, Scene] = {
    # Toy Story: the wallpaper of a child's room
    862: scene(
        part("ground", paint=down("#3f9fe8", "#8fd0f7")),
        *(
            part("cloud", x, y, s, colour="#ffffff")
            for x, y, s in (
                (16, 50, 24),
                (62, 44, 24),
                (92, 66, 22),
                (36, 72, 24),
                (8, 92, 22),
                (76, 92, 24),
                (48, 112, 20),
            )
        ),
        part("block", 50, 138, 100, paint=down("#b5763a", "#7d4a20"), wide=110, high=26),
        part("block", 50, 126, 100, paint="#d9985a", wide=110, high=2.4),
        part("rocket", 74, 94, 54, angle=10, body="#f4f6f2", accent="#7d3fb5", flame=False),
        part("shape", 33, 96, 62, points="-56 0!, -30 12, 30 12, 56 0!, 34 20, -34 20", paint="#6b3f1e"),
        part(
            "shape",
            33,
            96,
            62,
            points="-26 8!, -22 -22, -10 -30, 0 -24, 10 -30, 22 -22, 26 8!",
            paint=down("#8f5a2c", "#6b3f1e"),
        ),
        part("shape", 33, 96, 62, points="-26 6!, -24 -2!, 24 -2!, 26 6!", paint="#3b2110"),
        part("burst", 33, 97, 11, paint="#f2c230", spikes=5, inner=21),
        *(
            part("block", x, y, 13, paint=c, radius=8)
            for x, y, c in ((18, 119, "#e8402b"), (31.5, 119, "#3f9f4f"), (45, 119, "#2f6fd0"))
        ),
        *(words(t, x, 119, 6, paint="#fff6dc") for t, x in (("A", 18), ("B", 31.5), ("C", 45))),
        part("disc", 88, 117, 17, paint=out("#ffe98a", "#f2b91f", "#c9861a", at=(0.35, 0.3))),
        part("burst", 88, 117, 10, paint="#d8232f", spikes=5, inner=21),
        words(
            "TOY\nSTORY",
            50,
            24,
            12,
            width=80,
            paint="#ffd91f",
            edge=("#1f3f9f", 1.2),
            shadow=("#d8232f", 1.3, 1.3),
            gap=0.3,
            bend=10,
        ),
        vignette=0.08,
    ),
    # Finding Nemo: a small fish and much sea
    12: scene(
        part("ground", paint=down("#9fe8f5", "#2fa3d0", "#0f5f9f", "#08305f")),
        *(
            part("beam", x, -6, 100, colour="#d8fbff", narrow=6, wide=w, reach=120, alpha=0.28, soft=3, angle=a)
            for x, w, a in ((30, 30, 14), (52, 22, 2), (74, 34, -12))
        ),
        part("jellyfish", 14, 52, 22),
        part("jellyfish", 88, 62, 17, colour="#d0a0f2"),
        part("jellyfish", 26, 72, 11),
        part("turtle", 78, 34, 24, angle=-14),
        part("tang", 66, 92, 24, flip=True),
        part("clownfish", 36, 92, 44, angle=-6),
        part("weeds", colour="#1f8f6a", base=150, number=12, high=40),
        *(
            part("coral", x, 150, s, colour=c)
            for x, s, c in ((12, 34, "#e85a7a"), (30, 24, "#f2a03f"), (72, 30, "#c95ad0"), (92, 42, "#f2706a"))
        ),
        part("bubbles", number=26),
        words("finding", 34, 13, 5, style="serif", paint="#ffffff", lean=0.15),
        words(
            "NEMO",
            46,
            126,
            15,
            width=76,
            paint=down("#ffd98a", "#f47a1f"),
            edge=("#0a2f5f", 0.9),
            shadow=("#06203f", 0.9, 0.9),
            jump=0.3,
        ),
        vignette=0.25,
    ),
    # The Lion King: sun and rock
    8587: scene(
        part("ground", paint=down("#8f1f1a", "#e8501f", "#ffa52f", "#ffd86a")),
        part("sun", 56, 84, 74, paint=down("#fff3b0", "#ffcf3f"), light="#ffc04a"),
        part("birds", number=8, top=26, bottom=60, colour="#4a120a", each=6),
        part("ranges", far="#c9521f", near="#6b2410", top=112, bottom=122, number=3, rough=2),
        part("acacia", 84, 122, 34, colour="#2b0f08"),
        part("acacia", 96, 124, 22, colour="#3f160b"),
        part(
            "shape",
            points="-5 112!, 20 104, 40 98!, 62 90!, 66 93!, 58 100, 50 112, 44 130!, 40 155!, -5 155!",
            paint=down("#2b0f08", "#120503"),
        ),
        part("lion", 48, 96, 34, colour="#1a0906"),
        part("grass", colour="#140604", base=152, high=22, number=90),
        words(
            "THE LION KING",
            50,
            22,
            10,
            width=86,
            style="serif",
            paint="#fff0b8",
            shadow=("#5b0f0a", 0.8, 0.8),
            spacing=0.04,
        ),
        vignette=0.35,
    ),
    # WALL·E: alone with a plant
    10681: scene(
        part("ground", paint=down("#2a2440", "#8f5a5a", "#e8a05a", "#f7cf8a")),
        part("stars", number=90, bottom=60),
        part("planet", 80, 26, 17, colour="#c9b08a", second="#8f6f50", rings="#e8d3a8"),
        part("mist", colour="#f2b070", top=50, bottom=120, alpha=0.5),
        *(
            part("skyline", colour=c, base=118, high=h, number=n, least=0.5)
            for c, h, n in (("#b87850", 52, 9), ("#8f583f", 34, 12))
        ),
        part("hills", paint=down("#6b4632", "#3a241a"), base=118, rough=3),
        part("small_robot", 44, 136, 58),
        part("plant_boot", 84, 136, 22),
        words("WALL·E", 50, 16, 12, width=80, paint="#fff3dc", spacing=0.16, shadow=("#5b2a1a", 0.6, 0.6)),
        words("last one out, please water the plant", 50, 145, 2.3, bold=False, paint="#f7dcb0"),
        vignette=0.35,
    ),
    # Ratatouille: a rat above the roofs of Paris
    2062: scene(
        part("ground", paint=down("#1f2350", "#6b3f7a", "#e87a5a", "#ffc47a")),
        part("stars", number=60, bottom=50),
        part("eiffel", 76, 112, 92, colour="#3a2346"),
        part("skyline", colour="#2b1a38", base=114, high=14, lit="#ffdf8a", number=15, share=0.35, bottom=150),
        part("block", 50, 140, 100, paint=down("#7a4a2a", "#4a2a16"), wide=110, high=26),
        part("disc", 44, 127, 66, paint="#c9d0d6", squash=0.16),
        part("disc", 44, 126, 60, paint="#eef2f4", squash=0.14),
        part("mouse", 40, 125, 52, coat="#6f7f9a", belly="#a9b6c9"),
        part(
            "shape",
            42,
            72,
            40,
            points="-22 14!, -24 -10, -40 -18, -34 -40, -14 -44, 0 -54, 16 -44, 36 -38, 38 -18, 24 -10, 22 14!",
            paint=down("#ffffff", "#d9dde6"),
        ),
        part("path", 42, 72, 40, points="-22 6, 0 10, 22 6", colour="#b9bfcc", width=2),
        part("stick", 58, 104, 40, angle=20, colour="#a9713f"),
        part("disc", 65.5, 84, 8, paint="#8a5a30", squash=1.3),
        *(part("disc", x, 122, 7, paint=c, squash=0.7) for x, c in ((57, "#d3342b"), (63, "#e8b53a"), (69, "#7d3f8f"))),
        words(
            "ratatouille",
            50,
            16,
            9.5,
            width=88,
            style="serif",
            lean=0.16,
            paint="#fff3d6",
            shadow=("#3a1a46", 0.7, 0.7),
        ),
        vignette=0.25,
    ),
    # Up: a house on balloons
    14160: scene(
        part("ground", paint=down("#2f8fe0", "#7fc6f5", "#d8f0fb")),
        part("clouds", colour="#ffffff", top=60, bottom=140, number=8, shade="#d0e6f4"),
        part("flying_house", 50, 116, 72, number=110),
        part("ranges", far="#8fb89a", near="#3f7a4a", top=138, bottom=146, number=3, rough=2),
        part("birds", number=4, top=90, bottom=120, colour="#3a4a5a", each=4),
        words("UP", 16, 130, 15, paint="#ffffff", width=26, edge=("#e8502b", 0.9), shadow=("#1f4f8f", 0.8, 0.8)),
        vignette=0.05,
    ),
    # The Little Mermaid: towards the light above
    10144: scene(
        part("ground", paint=down("#c8fbf0", "#2fc0b8", "#0f6f8f", "#0a2a58")),
        *(
            part("beam", x, -6, 100, colour="#f4fff0", narrow=8, wide=w, reach=130, alpha=0.3, soft=4, angle=a)
            for x, w, a in ((40, 36, 10), (62, 26, -8))
        ),
        part("castle", 22, 134, 36, paint="#1a7f9a", roof="#0f5f80", window="#bff5ea"),
        part("hills", paint="#0a3f66", base=132, rough=4),
        part(
            "shape",
            54,
            62,
            60,
            points="4 -42, -10 -50, -30 -44, -44 -26, -40 -6, -52 8!, -30 4, -24 -12, -14 -20!",
            paint="#e23b2a",
        ),
        part("shape", 54, 62, 60, points="-8 -16!, 6 -18, 12 -6, 10 8, 12 22!, -12 22!, -8 6, -12 -4", paint="#f2c9a8"),
        part("path", 54, 62, 60, points="8 -12, 20 -30, 26 -56", colour="#f2c9a8", width=6, taper=0.6),
        part("path", 54, 62, 60, points="-8 -10, -20 4, -30 18", colour="#f2c9a8", width=6, taper=0.6),
        part("disc", 55, 45, 11, paint="#f2c9a8", squash=1.15),
        part("shape", 54, 62, 60, points="8 -40, -6 -44, -18 -34, -16 -18!, -6 -30, 8 -34!", paint="#e23b2a"),
        part("disc", 51.6, 58, 5, paint="#8f5ad0"),
        part("disc", 58, 58, 5, paint="#8f5ad0"),
        part(
            "shape",
            54,
            62,
            60,
            points="-13 18!, 0 24, 13 18!, 20 40, 18 62, 6 82, -10 94!, -16 98, -34 94, -46 104!, "
            "-36 108, -28 112, -22 128!, -10 116, -2 104, 18 88, 32 66, 30 40!, 30 40, 26 22, "
            "13 18!",
            paint=down("#3fe0a0", "#0f8f6f"),
        ),
        part(
            "shape",
            54,
            62,
            60,
            points="-13 18!, 0 24, 13 18!, 24 40, 24 62, 10 84, -10 100!, -14 94!, 0 82, 6 60, -2 40",
            paint=down("#3fe0a0", "#12a07a"),
        ),
        *(
            part("coral", x, 150, s, colour=c)
            for x, s, c in ((8, 28, "#e85a8a"), (44, 22, "#f2a05f"), (78, 30, "#b05ae0"), (95, 38, "#f27a8a"))
        ),
        part("bubbles", number=30),
        words(
            "The Little\nMermaid",
            30,
            26,
            8,
            style="serif",
            lean=0.14,
            width=56,
            paint="#ffffff",
            shadow=("#0a3f66", 0.6, 0.6),
            gap=0.5,
        ),
        vignette=0.3,
    ),
    # Shrek: his face is the poster
    808: scene(
        part("ground", paint=out("#eef7a0", "#b5d84a", "#5f8f1f", at=(0.5, 0.45))),
        part("mist", colour="#f4fbc8", top=70, bottom=150, alpha=0.5),
        part("pines", colour="#4a7a2a", base=128, number=9, least=24, most=42),
        part("ogre", 50, 72, 80),
        part(
            "shape", points="24 116!, 36 110, 50 116, 64 110, 76 116!, 92 130, 98 155!, 2 155!, 8 130", paint="#efe3c2"
        ),
        part("shape", points="34 112!, 50 118, 66 112!, 70 155!, 30 155!", paint="#6b4526"),
        words(
            "SHREK",
            50,
            135,
            16,
            width=86,
            paint=down("#c9ec5a", "#5f9a1f"),
            edge=("#22380a", 1),
            shadow=("#14240a", 1, 1),
        ),
        vignette=0.2,
    ),
    # Coco: a guitar and marigolds
    354912: scene(
        part("ground", paint=down("#1c0f4a", "#5b1f8f", "#c8347a", "#ff8a3a")),
        part("stars", number=120, bottom=70, colour="#ffe9b0"),
        part("slum", colours=("#8f3fc9", "#e8508f", "#2fa8c9", "#f2a03f"), top=96, bottom=128, rows=6),
        part(
            "winding",
            paint=down("#ffb52f", "#ff7a1f"),
            points=((50, 78, 3), (44, 98, 12), (54, 122, 34), (50, 152, 84)),
        ),
        part("guitar", 50, 92, 58, angle=10),
        part("sugar_skull", 48.4, 98, 23, angle=10),
        *(
            part("flower", x, y, s, petal=c, heart="#ffcf3a", petals=9)
            for x, y, s, c in (
                (8, 142, 24, "#ff8a1f"),
                (26, 148, 20, "#ffa52f"),
                (74, 147, 22, "#ff9a2a"),
                (93, 140, 26, "#ff7a1a"),
                (14, 126, 12, "#ffb53a"),
                (88, 122, 13, "#ffa52f"),
            )
        ),
        part("sparks", number=60, colour="#ffcf5a", top=60, bottom=150),
        words(
            "COCO",
            50,
            17,
            14,
            width=78,
            paint=down("#fff0b0", "#ffb52f"),
            edge=("#7d1464", 0.9),
            shadow=("#2a0f5b", 0.9, 0.9),
            jump=0.3,
            spacing=0.12,
        ),
        vignette=0.3,
    ),
    # Inside Out: five in one head
    150540: scene(
        part("ground", paint=out("#fff6d8", "#f2d8f0", "#a9c8f0", at=(0.45, 0.42))),
        part("profile", 48, 84, 116, paint=down("#5a3f8f", "#2f1f5f")),
        part("disc", 44, 66, 44, paint=out("#fff0c0", "#c8a0f0", "#6b4fb0")),
        *(
            part("capsule_row", x, y, s, colours=(c,), radius=18)
            for x, y, s, c in (
                (36, 57, 46, "#ffd93a"),
                (53, 57, 46, "#3f8fe8"),
                (32, 72, 42, "#e8342f"),
                (57, 73, 42, "#9a5ae0"),
                (44.5, 78, 44, "#5fbf4a"),
            )
        ),
        *(
            part("disc", x + dx, y, 1.5, paint="#2a1f3a")
            for x, y in ((36, 57), (53, 57), (32, 72), (57, 73), (44.5, 78))
            for dx in (-2, 2)
        ),
        *(
            part("path", x, y, 10, points=p, colour="#2a1f3a", width=5)
            for x, y, p in (
                (36, 60, "-26 -6, 0 18, 26 -6"),
                (53, 61, "-22 8, 0 -10, 22 8"),
                (32, 75.4, "-22 4, 22 4"),
                (57, 76, "-14 0, 0 8, 14 0"),
                (44.5, 81, "-22 4, 0 -6, 22 8"),
            )
        ),
        *(
            part("capsule_row", x, y, s, colours=(c,), radius=14)
            for x, y, s, c in (
                (10, 28, 20, "#ffd93a"),
                (88, 40, 24, "#3f8fe8"),
                (92, 98, 18, "#5fbf4a"),
                (9, 92, 22, "#e8342f"),
                (82, 70, 14, "#9a5ae0"),
            )
        ),
        words(
            "INSIDE OUT",
            50,
            16,
            10,
            width=86,
            paint=along(0, "#e8a51f", "#5fae3a", "#3f7fd8", "#8f4fd0", "#d8342f"),
            edge=("#ffffff", 0.7),
            shadow=("#8f7fb0", 0.5, 0.5),
        ),
        vignette=0.05,
    ),
    # Frozen: a palace of ice
    109445: scene(
        part("ground", paint=down("#0a1f5b", "#2f6fc0", "#a0d8f5", "#eafaff")),
        part("stars", number=80, bottom=50),
        part("mist", colour="#7ff0d8", top=6, bottom=60, alpha=0.45, stretch=0.6),
        part("mountains", colour="#6fa8dc", base=108, high=56, peaks=4, snow="#f4fcff", shade="#3f7abf"),
        part("ice_castle", 50, 112, 58),
        part("hills", paint=down("#f4fcff", "#b8e0f5"), base=112, rough=2),
        part(
            "figure",
            50,
            130,
            26,
            pose="raise",
            colour="#6fc8ea",
            skin="#f5d8c4",
            skirt=46,
            skirt_colour="#8fdcf2",
            hair="tail",
            hair_colour="#f2e6b8",
            cape="#d8f4ff",
            wind=0.4,
        ),
        part("flake", 15, 60, 20, alpha=0.9),
        part("flake", 86, 52, 14, alpha=0.9),
        part("flake", 82, 86, 9),
        part("flake", 22, 92, 8),
        part("snow", number=120, most=0.6),
        words(
            "FROZEN",
            50,
            18,
            14,
            width=84,
            paint=down("#ffffff", "#8fd8ff", "#e8faff"),
            edge=("#1f4fa0", 0.7),
            spacing=0.14,
            glow=("#8fe0ff", 1),
        ),
        vignette=0.2,
    ),
    # How to Train Your Dragon: a rider before the moon
    10191: scene(
        part("ground", paint=down("#0a1a34", "#1f4a7a", "#5f9ac0", "#f2c48a")),
        part("stars", number=110, bottom=70),
        part("moon", 64, 46, 52, paint="#fbeebc"),
        part("clouds", colour="#8fb5d0", top=82, bottom=128, number=8, shade="#5f8ab0"),
        part("dragon", 48, 70, 44, angle=24, eye="#9fe84a"),
        part(
            "figure",
            47,
            68,
            15,
            pose="ride",
            colour="#3f2a1c",
            skin="#e0b08a",
            hair="short",
            hair_colour="#6b3f20",
            angle=16,
        ),
        part("sea", far="#3f7aa0", near="#0f2f50", top=124, rows=6),
        part("shape", points="-5 120!, 8 96, 14 104, 20 92!, 26 112, 32 128!, -5 130!", paint="#14263a"),
        part("shape", points="105 118!, 96 88, 90 100, 84 94!, 80 114, 74 128!, 105 130!", paint="#101f32"),
        words("HOW TO TRAIN YOUR", 50, 134, 3.6, spacing=0.4, width=84, paint="#f7e8c8"),
        words(
            "DRAGON",
            50,
            143,
            8,
            width=80,
            style="serif",
            paint=down("#ffe6a0", "#d98a2f"),
            spacing=0.1,
            edge=("#0a1a34", 0.5),
        ),
        vignette=0.35,
    ),
    # Coraline: the small door
    14836: scene(
        part("ground", paint=down("#14102b", "#2f1f4f", "#1a2f3f")),
        part("stars", number=40, bottom=60),
        part("disc", 50, 46, 52, paint=out("#dfe6f2", "#a9b4d0", "#6f7aa8", at=(0.4, 0.35))),
        *(part("disc", 50 + dx, 46 + dy, 5.4, paint="#2b2350") for dx, dy in ((-7, -7), (7, -7), (-7, 7), (7, 7))),
        part("ring", 50, 46, 44, colour="#7f8ab8", width=4),
        part("path", points="43 39, 57 53", colour="#12101f", width=0.9),
        part("path", points="57 39, 43 53", colour="#12101f", width=0.9),
        part("bare_tree", 4, 128, 62, colour="#0a0814", lean=8),
        part("bare_tree", 98, 128, 56, colour="#0a0814", lean=-8),
        part("shape", points="-5 122!, 30 117, 70 118, 105 122!, 105 155!, -5 155!", paint="#0c0a18"),
        part("glow", 50, 114, 60, colour="#5fc8ff"),
        part("arch", 50, 124, 100, wide=17, high=22, paint=out("#e8faff", "#5fb0ff", "#5b2fb0")),
        part("shape", points="58.5 102!, 66 99!, 66 127!, 58.5 124!", paint="#3a2a4a"),
        part(
            "figure",
            38,
            132,
            26,
            colour="#f2c81f",
            skin="#e9c4a8",
            legs="#2a3a5f",
            hair="bob",
            hair_colour="#2f5fd0",
            head=1.35,
            skirt=14,
            skirt_colour="#f2c81f",
        ),
        part("cat", 72, 132, 13, colour="#06050c"),
        words("Coraline", 50, 141, 9, style="serif", width=76, paint="#dfe8ff", jump=0.3, glow=("#5f6fff", 0.8)),
        vignette=0.6,
    ),
    # Spider-Man: Into the Spider-Verse: falling upwards
    324857: scene(
        part("ground", paint=down("#e8186f", "#7d1fc0", "#1f2fb0", "#0b0b2a")),
        part("dots", colour="#ff5fa8", step=3.4, top=0, bottom=80, start=0.75, end=0.0, alpha=0.45),
        part("web", 50, 64, 150, colour="#ffffff", alpha=0.25),
        part(
            "skyline", 100, 42, 100, angle=180, colour="#140f3a", base=42, high=40, lit="#3ff0ff", number=14, bottom=60
        ),
        part("skyline", colour="#0c0924", base=150, high=34, lit="#ff4fa0", number=16),
        part("path", points="50 -4, 51 30, 49 52", colour="#ffffff", width=0.7),
        part("figure", 48.4, 83, 62, pose="leap", angle=24, colour="#18e0ff", build=1.1, head=1.2),
        part("figure", 51.6, 83, 62, pose="leap", angle=24, colour="#ff1f5a", build=1.1, head=1.2),
        part("figure", 50, 83, 62, pose="leap", angle=24, colour="#0c0a16", legs="#0c0a16", build=1.1, head=1.2),
        part("spider", 39, 54, 9, angle=24, colour="#ff1f3a"),
        words(
            "SPIDER-VERSE",
            50,
            130,
            9,
            width=90,
            lean=0.16,
            paint="#ffffff",
            edge=("#ff1f5a", 0.6),
            shadow=("#18e0ff", -0.9, 0.6),
        ),
        words("SPIDER-MAN: INTO THE", 42, 121, 3.4, width=70, lean=0.16, paint="#ffef3a", spacing=0.1),
        vignette=0.2,
    ),
    # Beauty and the Beast: a rose and a ballroom
    10020: scene(
        part("ground", paint=out("#ffe9a8", "#d99a3a", "#5b2a3f", at=(0.5, 0.4))),
        part("columns", 50, 98, 100, wide=104, high=64, number=4),
        part("shape", points="-5 97!, 105 97!, 105 155!, -5 155!", paint=down("#c98a3a", "#5b2a2a")),
        *(
            part("path", points=f"50 97, {x} 152", colour="#e8b86a", width=0.5, alpha=0.6)
            for x in (-20, 10, 32, 50, 68, 90, 120)
        ),
        part("glow", 50, 30, 70, colour="#fff0b8"),
        *(part("candle", x, y, 9) for x, y in ((38, 34), (44, 37), (50, 38), (56, 37), (62, 34))),
        part("path", points="34 35, 50 42, 66 35", colour="#8f6a2a", width=1.2),
        part("curtain", colour="#8f1426", left=True, reach=17, folds=4),
        part("curtain", colour="#8f1426", left=False, reach=17, folds=4),
        part(
            "figure",
            41,
            128,
            62,
            pose="lead",
            colour="#1f2f7a",
            skin="#6b4526",
            hair="wild",
            hair_colour="#5b3a20",
            build=1.7,
            head=1.25,
            legs="#14204f",
        ),
        part(
            "figure",
            62,
            128,
            48,
            pose="follow",
            colour="#f7c92f",
            skin="#f0c8a0",
            skirt=54,
            skirt_colour="#fbd34a",
            hair="bun",
            hair_colour="#5b3320",
            wind=0.2,
        ),
        part("rose_dome", 50, 150, 22),
        words(
            "Beauty\nand the Beast",
            50,
            14.5,
            6.2,
            style="serif",
            width=70,
            lean=0.1,
            gap=0.4,
            paint="#fff6d0",
            shadow=("#4a1426", 0.6, 0.6),
        ),
        vignette=0.35,
    ),
}
