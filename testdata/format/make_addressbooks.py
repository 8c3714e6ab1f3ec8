#!/usr/bin/env python3
"""Makes the address books and calendars in vcard/, calendar/, ldif/ and mork/ beside it.  People are made up;
addresses and numbers are reserved ones."""
import base64
import os

HERE = os.path.dirname(os.path.abspath(__file__))


def save(folder, name, data):
    with open(os.path.join(HERE, folder, name + '.in'), 'wb') as f:
        f.write(data)


def quoted(text, charset):
    coded = ''.join('=%02X' % b for b in text.encode(charset))
    return '=\r\n'.join(coded[i:i + 60] for i in range(0, len(coded), 60)).encode()


def cards():
    sjis = b'ENCODING=QUOTED-PRINTABLE;CHARSET=SHIFT_JIS'
    phone = b'BEGIN:VCARD\r\nVERSION:2.1\r\nN;' + sjis + b':' + quoted('山田;太郎', 'cp932') + \
        b'\r\nFN;' + sjis + b':' + quoted('山田 太郎', 'cp932') + \
        b'\r\nSOUND;X-IRMC-N;CHARSET=SHIFT_JIS:' + 'ﾔﾏﾀﾞ;ﾀﾛｳ;;;'.encode('cp932') + \
        b'\r\nORG;' + sjis + b':' + quoted('東雲株式会社;営業本部;第一営業部', 'cp932') + \
        b'\r\nTITLE;CHARSET=SHIFT_JIS:' + '表計算課長'.encode('cp932') + \
        b'\r\nTEL;CELL:090-9999-0001\r\nTEL;WORK;VOICE:03-9999-0001\r\n' \
        b'EMAIL;INTERNET:taro@example.jp\r\nADR;WORK;' + sjis + b':;;' + \
        quoted('丸の内1-2-3;千代田区;東京都;100-0001;日本', 'cp932') + \
        b'\r\nPHOTO;ENCODING=BASE64;TYPE=JPEG:\r\n ' + base64.b64encode(bytes(range(60))) + \
        b'\r\n ' + base64.b64encode(bytes(range(60))) + b'\r\n\r\nBDAY:1970-01-02\r\n' \
        b'NOTE;' + sjis + b':' + quoted('担当者。\r\n二行目' * 3, 'cp932') + b'\r\nEND:VCARD\r\n'
    save('vcard', 'phone', phone)
    four = '\ufeffBEGIN:VCARD\nVERSION:4.0\nitem1.EMAIL;TYPE="work,home":hanako@example.jp\n' \
        'N:佐藤;花子;;;\nFN:佐藤\\, 花子\nX-PHONETIC-LAST-NAME:サトウ\nX-PHONETIC-FIRST-NAME:ハナコ\n' \
        'ORG:東雲\\;グループ;総務部\nTEL;VALUE=uri:tel:+81-3-9999-0002\nNOTE:一行目\\n二行\n  目\\\\end\n' \
        'URL:https://www.example.jp/a:b\nEND:VCARD\nBEGIN:VCARD\nVERSION:3.0\nN:Suzuki;Jiro\n' \
        'item2.X-ABLabel:_$!<Anniversary>!$_\nEND:VCARD\n'
    save('vcard', 'four', four.encode())
    save('vcard', 'raw_cp932', ('BEGIN:VCARD\r\nVERSION:3.0\r\nFN:髙橋 一郎\r\nN:髙橋;一郎\r\n'
         'ORG:予算表ソフト株式会社\r\nEND:VCARD\r\n').encode('cp932'))
    save('vcard', 'no_end', b'BEGIN:VCARD\nFN:One\nBEGIN:VCARD\nFN:Two\nTEL:03-9999-0003\n')


def calendars():
    save('calendar', 'event', '''BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//example//
BEGIN:VTIMEZONE
TZID:Asia/Tokyo
BEGIN:STANDARD
DTSTART:19700101T000000
TZNAME:JST
END:STANDARD
END:VTIMEZONE
BEGIN:VEVENT
DTSTART;TZID=Asia/Tokyo:20100301T093000
DTEND:20100301T013000Z
SUMMARY:北斗電機 打ち合わせ
LOCATION:第一会議室\\, 3階
ORGANIZER;CN="山田; 太郎":mailto:taro@example.jp
ATTENDEE;CN=佐藤 花子;ROLE=REQ-PARTICIPANT:MAILTO:hanako@example.jp
ATTENDEE:mailto:ichiro@example.co.jp
DESCRIPTION:見積の件\\n単価は
 \u3000未定
CATEGORIES:商談
ATTACH;ENCODING=BASE64;VALUE=BINARY;X-FILENAME=a.csv:44CB5ZCN
 LDEK
BEGIN:VALARM
DESCRIPTION:Reminder
END:VALARM
END:VEVENT
BEGIN:VTODO
DUE;VALUE=DATE:20100305
SUMMARY:報告書
END:VTODO
END:VCALENDAR
'''.encode().replace(b'\n', b'\r\n'))
    save('calendar', 'old', b'BEGIN:VCALENDAR\r\nVERSION:1.0\r\nBEGIN:VEVENT\r\nDTSTART:20030401\r\n'
         b'SUMMARY;CHARSET=SHIFT_JIS;ENCODING=QUOTED-PRINTABLE:' + quoted('歓送迎会', 'cp932') +
         b'\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nSUMMARY:cut')


def directories():
    def b64(text, charset='utf-8'):
        return base64.b64encode(text.encode(charset)).decode()
    save('ldif', 'people', ('''# export
version: 1

dn:: %s
objectclass: top
objectclass: inetOrgPerson
givenName:: %s
sn;lang-ja:: %s
cn:: %s
mail: taro@example.jp
o:: %s
ou: Sales
telephoneNumber: 03-9999-
 0001
postalCode: 100-0001
jpegPhoto:: %s
modifytimestamp: 0Z

dn: cn=Hanako,mail=hanako@example.jp
cn: Hanako Sato
mail: hanako@example.jp
xmozillanickname: hana
''' % (b64('cn=山田 太郎,mail=taro@example.jp'), b64('太郎'), b64('山田'), b64('山田 太郎'),
       b64('東雲株式会社', 'cp932'), base64.b64encode(bytes(range(256))).decode())).encode())


def mozilla():
    save('mork', 'abook', r'''// <!-- <mdb:mork:z v="1.4"/> -->
< <(a=c)> // (f=iso-8859-1)
  (B8=LastRecordKey)(80=ns:addrbk:db:row:scope:card:all)
  (83=FirstName)(84=LastName)(87=DisplayName)(89=PrimaryEmail)(8C=WorkPhone)(A5=Company)
  (A4=JobTitle)(B4=Notes)(B5=LastModifiedDate)(C0=Custom1)>

<(90=$E5$A4$AA$E9$83$8E)(91=$E5$B1$B1$E7$94$B0)(92=taro@example.jp)(93=ends with \) and a \
long line)(94=0)>
{1:^80 {(k^BF:c)(s=9)}
  [1(^83^90)(^84^91)(^87=Yamada \\ Taro)(^89^92)(^8C=03-9999-0001)(^A5=Shinonome)(^B4^93)(^B5^94)(^C0=more)]
  [2(^89=hanako@example.jp)]}
@$${1{@
<(95=03-9999-0002)>
[-2(^89=hanako@example.jp)(^8C^95)]
@$$}1}@
'''.encode())


if __name__ == '__main__':
    cards()
    calendars()
    directories()
    mozilla()
